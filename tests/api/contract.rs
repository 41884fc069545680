//! The contract as its readers use it: what the document says of a request is sent.

use serde_json::Value;

use crate::common::TestServer;

/// A parameter that means something only beside another one, which is sent with it where the operation
/// takes it.
const TOGETHER: [(&str, &str); 1] = [("rayon_km", "proche")];

/// How a figure is compared.
const COMPARISONS: [&str; 5] = ["gte", "gt", "lte", "lt", "eq"];

/// One operation of the document.
struct Operation {
    path: String,
    parameters: Vec<Value>,
    /// The body of its first type, where it takes one: type and example.
    body: Option<(String, String)>,
}

impl Operation {
    /// Every operation of v1 that is asked by an address alone.
    fn all() -> Vec<Self> {
        let document: Value = serde_json::from_str(&exposition::http::openapi::json()).unwrap();
        let resolved = |parameter: &Value| match parameter["$ref"].as_str() {
            Some(place) => document.pointer(place.trim_start_matches('#')).unwrap().clone(),
            None => parameter.clone(),
        };
        let operation = |(path, item): (&String, &Value)| {
            let described = item.get("get").or(item.get("post")).unwrap();
            let body = described["requestBody"]["content"].as_object().and_then(|types| types.iter().next());
            Self {
                path: path.clone(),
                parameters: described["parameters"].as_array().into_iter().flatten().map(resolved).collect(),
                body: body.map(|(kind, content)| (kind.clone(), content["example"].as_str().unwrap().to_owned())),
            }
        };
        document["paths"]
            .as_object()
            .unwrap()
            .iter()
            .filter(|(_, item)| item["get"].is_object())
            .map(operation)
            .collect()
    }

    /// The answer to a request of this operation.
    async fn ask(&self, server: &TestServer, address: &str) -> reqwest::Response {
        match &self.body {
            None => server.get(address).await,
            Some((kind, body)) => {
                let request = server.request(reqwest::Method::POST, address).header("content-type", kind);
                request.body(body.clone()).send().await.unwrap()
            }
        }
    }

    /// The problem that a request is answered with, and its status.
    async fn problem(&self, server: &TestServer, address: &str) -> (u16, Value) {
        let response = self.ask(server, address).await;
        assert_eq!(response.headers()["content-type"], "application/problem+json", "{address}");
        (response.status().as_u16(), response.json().await.unwrap())
    }

    fn placed(&self, place: &str) -> impl Iterator<Item = &Value> {
        self.parameters.iter().filter(move |parameter| parameter["in"] == place)
    }

    /// The documented values of a parameter: its default and its example.
    fn documented(parameter: &Value) -> impl Iterator<Item = String> {
        let places = [&parameter["schema"]["default"], &parameter["schema"]["example"], &parameter["example"]];
        places.into_iter().filter(|value| !value.is_null() && !value.is_object()).map(written)
    }

    /// The names of the parameters of the query that are conditions on a figure, and of the others.
    fn names(&self) -> (Vec<&str>, Vec<&str>) {
        let names = |deep: bool| {
            let of_style = move |parameter: &&Value| (parameter["style"] == "deepObject") == deep;
            self.placed("query").filter(of_style).map(|parameter| parameter["name"].as_str().unwrap()).collect()
        };
        (names(true), names(false))
    }

    /// The address with the examples of its own parameters.
    fn address(&self) -> String {
        self.placed("path").fold(self.path.clone(), |path, parameter| {
            let value = Self::documented(parameter).next().expect("a parameter of a path has an example");
            path.replace(&format!("{{{}}}", parameter["name"].as_str().unwrap()), &value)
        })
    }

    /// One address for each documented default and example, and the address alone.
    fn requests(&self) -> Vec<String> {
        let conditions =
            self.names().0.into_iter().flat_map(|name| COMPARISONS.map(|word| format!("{name}[{word}]=50")));
        let conditions: Vec<_> = conditions.collect();
        let mut requests = vec![self.address(), format!("{}?{}", self.address(), conditions.join("&"))];
        for parameter in self.placed("query") {
            let name = parameter["name"].as_str().unwrap();
            let needed = TOGETHER.iter().filter(|(one, _)| *one == name);
            let others =
                needed.filter_map(|(_, other)| self.placed("query").find(|parameter| parameter["name"] == *other));
            let beside =
                others.filter_map(|other| Some((other["name"].as_str().unwrap(), Self::documented(other).next()?)));
            let beside: Vec<_> = beside.collect();
            for value in Self::documented(parameter) {
                let query = form_urlencoded::Serializer::new(String::new())
                    .extend_pairs([(name, &value)])
                    .extend_pairs(&beside)
                    .finish();
                requests.push(format!("{}?{query}", self.address()));
            }
        }
        requests
    }
}

fn written(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[tokio::test]
async fn every_documented_default_and_example_is_answered() {
    let server = TestServer::sample().await;
    let operations = Operation::all();
    let requests: Vec<(&Operation, String)> = operations
        .iter()
        .flat_map(|operation| operation.requests().into_iter().map(move |request| (operation, request)))
        .collect();
    assert!(requests.len() > 150, "only {} requests", requests.len());
    let mut refused = Vec::new();
    for (operation, request) in &requests {
        let response = operation.ask(&server, request).await;
        assert!(operation.body.is_none() || response.status() == 200, "{request}: {}", response.status());
        if response.status() == 400 || response.status().is_server_error() {
            refused.push(format!("{} {request}: {}", response.status(), response.text().await.unwrap()));
        }
    }
    assert!(refused.is_empty(), "{} of {}:\n{}", refused.len(), requests.len(), refused.join("\n"));
}

/// The operations that read parameters: health answers whatever is asked.
fn operations() -> Vec<Operation> {
    let mut operations = Operation::all();
    operations.retain(|operation| operation.path.starts_with("/api/v1/"));
    assert!(operations.len() > 40);
    operations
}

#[tokio::test]
async fn what_is_allowed_is_what_is_documented() {
    let server = TestServer::sample().await;
    for operation in operations() {
        let (conditions, others) = operation.names();
        let conditions = conditions.iter().map(|name| format!("{name}[{}]", COMPARISONS.join("|")));
        let mut documented: Vec<_> = others.into_iter().map(str::to_owned).chain(conditions).collect();
        documented.sort();
        let (status, problem) = operation.problem(&server, &format!("{}?inconnu=1", operation.address())).await;
        let detail = problem["errors"][0]["detail"].as_str().unwrap();
        let allowed: Vec<_> =
            detail.split_once(" : ").map(|(_, names)| names.split(", ").collect()).unwrap_or_default();
        let allowed = if allowed == ["cette adresse n'en prend aucun"] { Vec::new() } else { allowed };
        assert_eq!((status, allowed), (400, documented.iter().map(String::as_str).collect()), "{}", operation.path);
    }
}

#[tokio::test]
async fn every_parameter_that_is_wrong_is_named_at_once() {
    let server = TestServer::sample().await;
    for operation in operations() {
        let (conditions, others) = operation.names();
        let asked: Vec<_> =
            others.into_iter().map(str::to_owned).chain(conditions.iter().map(|name| format!("{name}[gt]"))).collect();
        // A text that is searched for may be any; a blank one is none.
        let wrong = |name: &String| (name.clone(), if name == "q" { " " } else { "!" });
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(asked.iter().map(wrong)).finish();
        let path = operation.placed("path").fold(operation.path.clone(), |path, parameter| {
            path.replace(&format!("{{{}}}", parameter["name"].as_str().unwrap()), "!")
        });
        if query.is_empty() && path == operation.path {
            // Nothing can be wrong where nothing is asked for.
            continue;
        }
        let (status, problem) = operation.problem(&server, &format!("{path}?{query}")).await;
        let mut named: Vec<_> =
            problem["errors"].as_array().unwrap().iter().map(|error| error["parametre"].as_str().unwrap()).collect();
        let in_path = operation.placed("path").map(|parameter| parameter["name"].as_str().unwrap());
        let mut expected: Vec<_> = in_path.chain(asked.iter().map(String::as_str)).collect();
        named.sort_unstable();
        expected.sort_unstable();
        assert_eq!((status, named), (400, expected), "{}", operation.path);
    }
}
