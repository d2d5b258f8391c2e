//! What is soaked.

use std::sync::Arc;

use clap::ValueEnum;
use contacts_testing::FaultInjector;
use tokio_util::sync::CancellationToken;

use crate::again::Again;
use crate::deployed::Deployed;
use crate::local::Local;
use crate::run::SoakError;
use crate::seed::Seed;
use crate::site::Site;
use crate::tally::Tally;

/// Where the system runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Mode {
    /// In this process, as on one machine.
    Local,
    /// As it is deployed, in an emulator of AWS.
    Deployed,
}

/// A running system.
pub(crate) enum Ground {
    Local(Box<Local>),
    Deployed(Deployed),
}

impl Ground {
    pub(crate) async fn start(
        mode: Mode,
        seed: Seed,
        tally: &Arc<Tally>,
        over: &CancellationToken,
    ) -> Result<(Ground, Site), SoakError> {
        Ok(match mode {
            Mode::Local => {
                let (local, site) = Local::start(seed, tally, over).await?;
                (Ground::Local(Box::new(local)), site)
            }
            Mode::Deployed => {
                let (deployed, site) = Deployed::start(seed, tally, over).await?;
                (Ground::Deployed(deployed), site)
            }
        })
    }

    /// What lies between the functions and their table and bucket.
    pub(crate) fn faults(&self) -> &FaultInjector {
        match self {
            Ground::Local(local) => &local.faults,
            Ground::Deployed(deployed) => &deployed.faults,
        }
    }

    /// By what invocations come again.
    pub(crate) fn again(&self) -> &Again {
        match self {
            Ground::Local(local) => &local.again,
            Ground::Deployed(deployed) => &deployed.again,
        }
    }

    /// Waits until nothing is under way any more, and nothing comes again.
    pub(crate) async fn settle(&self) {
        match self {
            Ground::Local(local) => local.settle().await,
            Ground::Deployed(deployed) => deployed.settle().await,
        }
    }

    pub(crate) async fn stop(self) {
        match self {
            Ground::Local(local) => local.system.stop().await,
            Ground::Deployed(deployed) => drop(deployed),
        }
    }
}
