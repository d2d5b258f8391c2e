//! What lies between an exporter and its bucket: it notes what is asked for, and shuts when a test wants it.

use std::sync::{Arc, Mutex, MutexGuard};

use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::config::interceptors::{
    BeforeDeserializationInterceptorContextMut, BeforeTransmitInterceptorContextRef,
};
use aws_sdk_s3::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_s3::error::BoxError;
use aws_sdk_s3::primitives::SdkBody;

/// What an exporter asks of S3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Put,
    Begin,
    Part,
    Complete,
    Abort,
}

/// What becomes of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// It does not reach S3.
    Cut,
    /// It is carried out, but answered as if S3 were too busy.
    Busy,
    /// So, too, but only the first time.
    BusyOnce,
}

/// Watches the requests of a client. Clones watch together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Door(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    steps: Vec<Step>,
    shut: Option<(Step, Way)>,
}

impl Door {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// From now on, this step does not succeed.
    pub(crate) fn shut(&self, step: Step, way: Way) {
        self.state().shut = Some((step, way));
    }

    /// From now on, everything passes.
    pub(crate) fn open(&self) {
        self.state().shut = None;
    }

    /// The steps since the last call, without their repetitions.
    pub(crate) fn take_steps(&self) -> Vec<Step> {
        let mut steps = std::mem::take(&mut self.state().steps);
        steps.dedup();
        steps
    }
}

impl Intercept for Door {
    fn name(&self) -> &'static str {
        "Door"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request();
        let step = match (request.method(), request.uri()) {
            ("PUT", uri) if uri.contains("partNumber=") => Step::Part,
            ("PUT", _) => Step::Put,
            ("POST", uri) if uri.contains("uploadId=") => Step::Complete,
            ("POST", _) => Step::Begin,
            ("DELETE", _) => Step::Abort,
            other => panic!("an exporter does not ask for {other:?}"),
        };
        let mut state = self.state();
        state.steps.push(step);
        if state.shut == Some((step, Way::Cut)) { Err("the door is shut".into()) } else { Ok(()) }
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let mut state = self.state();
        if let (Some((shut, way @ (Way::Busy | Way::BusyOnce))), Some(step)) = (state.shut, state.steps.last())
            && shut == *step
        {
            state.shut = state.shut.filter(|_| way == Way::Busy);
            *context.response_mut() = HttpResponse::new(503_u16.try_into()?, SdkBody::empty());
        }
        Ok(())
    }
}
