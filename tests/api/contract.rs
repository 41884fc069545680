//! The contract as its readers use it: what the document says of a request is sent.

use serde_json::Value;

use crate::common::TestServer;

/// A parameter that means something only beside another one, which is sent with it.
const TOGETHER: [(&str, &str); 1] = [("rayon_km", "proche")];

/// One operation of the document.
struct Operation {
    path: String,
    parameters: Vec<Value>,
}

impl Operation {
    /// Every operation of v1.
    fn all() -> Vec<Self> {
        let document: Value = serde_json::from_str(&exposition::http::openapi::json()).unwrap();
        let operation = |(path, item): (&String, &Value)| Self {
            path: path.clone(),
            parameters: item["get"]["parameters"].as_array().cloned().unwrap_or_default(),
        };
        document["paths"].as_object().unwrap().iter().map(operation).collect()
    }

    fn placed(&self, place: &str) -> impl Iterator<Item = &Value> {
        self.parameters.iter().filter(move |parameter| parameter["in"] == place)
    }

    /// The documented values of a parameter of the query: its default and its example.
    fn documented(parameter: &Value) -> impl Iterator<Item = String> {
        let places = [&parameter["schema"]["default"], &parameter["schema"]["example"], &parameter["example"]];
        places.into_iter().filter(|value| !value.is_null()).map(written)
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
        let mut requests = vec![self.address()];
        for parameter in self.placed("query") {
            let name = parameter["name"].as_str().unwrap();
            let beside = TOGETHER.iter().filter(|(one, _)| *one == name).flat_map(|(_, other)| {
                let other = self.placed("query").find(|parameter| parameter["name"] == *other).unwrap();
                Self::documented(other).map(|value| (other["name"].as_str().unwrap(), value)).take(1)
            });
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
    let requests: Vec<String> = Operation::all().iter().flat_map(Operation::requests).collect();
    assert!(requests.len() > 150, "only {} requests", requests.len());
    let mut refused = Vec::new();
    for request in &requests {
        let response = server.get(request).await;
        if response.status() == 400 || response.status().is_server_error() {
            refused.push(format!("{} {request}: {}", response.status(), response.text().await.unwrap()));
        }
    }
    assert!(refused.is_empty(), "{} of {}:\n{}", refused.len(), requests.len(), refused.join("\n"));
}
