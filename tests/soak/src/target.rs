//! The system under test.

use std::sync::Arc;

use clap::ValueEnum;
use contacts_testing::FaultInjector;
use tokio_util::sync::CancellationToken;

use crate::clients::Clients;
use crate::counters::Counters;
use crate::deployed::Deployed;
use crate::local::Local;
use crate::redelivery::Redelivery;
use crate::seed::Seed;
use crate::state::SoakError;

/// Where the system runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Mode {
    /// In this process, as on one machine.
    Local,
    /// As it is deployed, in an emulator of AWS.
    Deployed,
}

/// A running system.
pub(crate) enum Target {
    Local(Box<Local>),
    Deployed(Deployed),
}

impl Target {
    pub(crate) async fn start(
        mode: Mode,
        seed: Seed,
        counters: &Arc<Counters>,
        over: &CancellationToken,
    ) -> Result<(Target, Clients), SoakError> {
        Ok(match mode {
            Mode::Local => {
                let (local, clients) = Local::start(seed, counters, over).await?;
                (Target::Local(Box::new(local)), clients)
            }
            Mode::Deployed => {
                let (deployed, clients) = Deployed::start(seed, counters, over).await?;
                (Target::Deployed(deployed), clients)
            }
        })
    }

    /// The fault injector between the functions and their table and bucket.
    pub(crate) fn faults(&self) -> &FaultInjector {
        match self {
            Target::Local(local) => &local.faults,
            Target::Deployed(deployed) => &deployed.faults,
        }
    }

    /// Redelivers invocations.
    pub(crate) fn redelivery(&self) -> &Redelivery {
        match self {
            Target::Local(local) => &local.redelivery,
            Target::Deployed(deployed) => &deployed.redelivery,
        }
    }

    /// Waits until no request is under way and no redelivery is due.
    pub(crate) async fn settle(&self) {
        match self {
            Target::Local(local) => local.settle().await,
            Target::Deployed(deployed) => deployed.settle().await,
        }
    }

    pub(crate) async fn stop(self) {
        match self {
            Target::Local(local) => local.system.stop().await,
            Target::Deployed(deployed) => drop(deployed),
        }
    }
}
