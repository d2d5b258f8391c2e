//! Requests as a fault rule sees them.

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;

/// The service that a request goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// DynamoDB.
    DynamoDb,
    /// S3.
    S3,
}

/// A request on its way to a service.
#[derive(Debug)]
pub struct InterceptedRequest<'a> {
    /// The service.
    pub service: Service,
    /// The operation by the name that AWS gives it: `PutItem`, `UploadPart`, ….
    pub operation: &'a str,
    /// How many requests came before this one since the rule was set.
    pub nth: usize,
    /// How many of them called the same operation.
    pub nth_of_operation: usize,
    pub(super) http: &'a HttpRequest,
}

impl InterceptedRequest<'_> {
    /// Whether the URL or the body contains a text, such as the key of an object or of an item. Streamed bodies are not
    /// searched.
    pub fn mentions(&self, text: &str) -> bool {
        self.http.uri().contains(text) || body_contains(self.http, text)
    }

    /// Whether the request names a contact or a claim by its key in the table, other than to read it in a batch.
    pub fn writes_contacts(&self) -> bool {
        writes_contacts(self.http, self.operation)
    }
}

pub(super) fn service(request: &HttpRequest) -> Service {
    if request.headers().get("x-amz-target").is_some() { Service::DynamoDb } else { Service::S3 }
}

/// The operation that a request calls. DynamoDB names it in a header. S3 tells operations apart by method and query; the
/// SDK adds the name as `x-id` where that is ambiguous.
pub(super) fn operation(request: &HttpRequest) -> String {
    if let Some(target) = request.headers().get("x-amz-target") {
        return target.rsplit('.').next().unwrap_or_default().to_owned();
    }
    let query = request.uri().split_once('?').map_or("", |(_, query)| query);
    let parameter = |wanted: &str| {
        let mut pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        pairs.find_map(|(name, value)| (name == wanted).then_some(value))
    };
    if let Some(operation) = parameter("x-id") {
        return operation.to_owned();
    }
    let operation = match request.method() {
        "POST" if parameter("uploads").is_some() => "CreateMultipartUpload",
        "POST" if parameter("uploadId").is_some() => "CompleteMultipartUpload",
        "GET" if parameter("list-type").is_some() => "ListObjectsV2",
        "HEAD" => "HeadObject",
        method => method,
    };
    operation.to_owned()
}

pub(super) fn writes_contacts(request: &HttpRequest, operation: &str) -> bool {
    service(request) == Service::DynamoDb
        && !operation.starts_with("BatchGet")
        && (body_contains(request, "#C#") || body_contains(request, "#I#"))
}

/// The body of a query of an index; `None` for other requests.
pub(super) fn index_query(request: &HttpRequest, operation: &str) -> Option<Vec<u8>> {
    let queries_index = operation == "Query" && body_contains(request, "\"IndexName\"");
    request.body().bytes().filter(|_| queries_index).map(<[u8]>::to_vec)
}

fn body_contains(request: &HttpRequest, text: &str) -> bool {
    let body = request.body().bytes().unwrap_or_default();
    body.windows(text.len()).any(|part| part == text.as_bytes())
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::body::SdkBody;

    use super::*;

    fn request(method: &str, uri: &str, body: &'static str) -> HttpRequest {
        let mut request = HttpRequest::new(SdkBody::from(body));
        request.set_method(method).unwrap();
        request.set_uri(uri).unwrap();
        request
    }

    #[test]
    fn operations_of_s3_are_named_as_aws_names_them() {
        for (method, uri, expected) in [
            ("PUT", "http://s3/contacts/a.csv?x-id=PutObject", "PutObject"),
            ("PUT", "http://s3/contacts/a.csv?x-id=UploadPart&partNumber=1&uploadId=u", "UploadPart"),
            ("POST", "http://s3/contacts/a.csv?uploads", "CreateMultipartUpload"),
            ("POST", "http://s3/contacts/a.csv?uploadId=u", "CompleteMultipartUpload"),
            ("DELETE", "http://s3/contacts/a.csv?x-id=AbortMultipartUpload&uploadId=u", "AbortMultipartUpload"),
            ("GET", "http://s3/contacts?list-type=2", "ListObjectsV2"),
            ("HEAD", "http://s3/contacts/a.csv", "HeadObject"),
        ] {
            assert_eq!(operation(&request(method, uri, "")), expected, "{method} {uri}");
        }
    }

    #[test]
    fn requests_to_dynamodb_are_recognised_by_operation_and_key() {
        let mut put = request("POST", "http://dynamodb/", r#"{"Item":{"pk":{"S":"W#acme#C#1"}}}"#);
        put.headers_mut().insert("x-amz-target", "DynamoDB_20120810.PutItem");
        assert_eq!((service(&put), operation(&put).as_str()), (Service::DynamoDb, "PutItem"));
        assert!(writes_contacts(&put, "PutItem") && !writes_contacts(&put, "BatchGetItem"));
        let put = InterceptedRequest {
            service: Service::DynamoDb,
            operation: "PutItem",
            nth: 0,
            nth_of_operation: 0,
            http: &put,
        };
        assert!(put.mentions("W#acme#C#1") && !put.mentions("W#acme#C#2"));
    }
}
