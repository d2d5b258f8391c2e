//! The names that are fixed on one machine, so that a client needs no configuration.

/// Access key of the S3 and DynamoDB endpoints.
pub const ACCESS_KEY: &str = "local";
/// Secret key of the S3 and DynamoDB endpoints.
pub const SECRET_KEY: &str = "local";
/// Region that the endpoints say they are in.
pub const REGION: &str = "us-east-1";
/// The one table.
pub const TABLE: &str = "contacts";
/// The one bucket.
pub const BUCKET: &str = "contacts";
/// Workspace of the demo data.
pub const DEMO_WORKSPACE: &str = "demo";
/// Account in events and ARNs; AWS never gives it to anyone.
pub(crate) const ACCOUNT: &str = "000000000000";
/// Audience of the tokens that the local issuer signs.
pub const AUDIENCE: &str = "contacts";
/// Claim that names the workspace, unless `WORKSPACE_CLAIM` says otherwise.
pub const WORKSPACE_CLAIM: &str = "workspace_id";
