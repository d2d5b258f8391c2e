//! The fixed names of the one-machine system, so that a client needs no configuration.

/// Access key of the S3 and DynamoDB endpoints.
pub const ACCESS_KEY: &str = "local";
/// Secret key of the S3 and DynamoDB endpoints.
pub const SECRET_KEY: &str = "local";
/// Region of the endpoints.
pub const REGION: &str = "us-east-1";
/// The table.
pub const TABLE: &str = "contacts";
/// The bucket.
pub const BUCKET: &str = "contacts";
/// Workspace of the demo data.
pub const DEMO_WORKSPACE: &str = "demo";
/// Account in events and ARNs. AWS never assigns it.
pub(crate) const ACCOUNT: &str = "000000000000";
/// Audience of the tokens that the local issuer signs.
pub const AUDIENCE: &str = "contacts";
/// Claim that has the workspace, if `WORKSPACE_CLAIM` is not set.
pub const WORKSPACE_CLAIM: &str = "workspace_id";
