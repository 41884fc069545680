//! What runs the program elsewhere asks of it what it has, and gives it the time that it takes.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use exposition::config::Config;

use super::source::root;
use crate::common::PROGRAM;

/// The files that start the program, without their comments.
fn files() -> Vec<(PathBuf, String)> {
    let mut paths = vec![root().join("docker-compose.yml")];
    for folder in ["deploy/systemd", "deploy/kubernetes"] {
        paths.extend(fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path()));
    }
    let code = |path: &Path| {
        let text = fs::read_to_string(path).unwrap();
        text.lines().filter(|line| !line.trim_start().starts_with('#')).collect::<Vec<_>>().join("\n")
    };
    paths.into_iter().map(|path| (path.clone(), code(&path))).collect()
}

/// The one file of that name.
fn file(name: &str) -> String {
    files().into_iter().find(|(path, _)| path.ends_with(name)).unwrap().1
}

/// The number that follows a text.
fn number_after(text: &str, before: &str) -> u64 {
    let (_, rest) = text.split_once(before).unwrap();
    let digits: String = rest.chars().skip_while(|c| *c == ' ').take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap()
}

#[test]
fn every_setting_that_a_deployment_gives_is_one_that_the_program_takes() {
    let mut known = BTreeSet::new();
    for setting in Config::described() {
        known.insert(setting.name.to_owned());
        if setting.secret {
            known.insert(format!("{}_FILE", setting.name));
        }
    }
    let mut given = BTreeSet::new();
    for (path, text) in files() {
        // Compose fills `${…}` itself, from variables of its own.
        let own = |before: &str| before.ends_with("${");
        for (at, _) in text.match_indices("EXPOSITION_").chain(text.match_indices("DATABASE_URL")) {
            let name: String = text[at..].chars().take_while(|c| c.is_ascii_uppercase() || *c == '_').collect();
            if !own(&text[..at]) {
                assert!(known.contains(&name), "{}: {name} is no setting", path.display());
                given.insert(name);
            }
        }
    }
    for name in ["DATABASE_URL_FILE", "EXPOSITION_TRUSTED_PROXIES", "EXPOSITION_JWT_SECRET_FILE"] {
        assert!(given.contains(name), "{name}: {given:?}");
    }
}

#[test]
fn every_command_that_a_deployment_runs_is_one_of_the_program() {
    let mut run = BTreeSet::new();
    for (_, text) in files() {
        for line in text.lines() {
            let command = line
                .strip_prefix("ExecStart=/usr/local/bin/exposition ")
                .or_else(|| line.trim_start().strip_prefix("args: [\"").and_then(|rest| rest.split('"').next()))
                .or_else(|| line.trim_start().strip_prefix("command: [\"act").map(|_| "actualiser"));
            run.extend(command.map(str::to_owned));
        }
    }
    assert_eq!(run, ["actualiser", "serve"].map(str::to_owned).into());
    for command in run {
        let output = Command::new(PROGRAM).args([command.as_str(), "--help"]).output().unwrap();
        assert!(output.status.success(), "{command}");
    }
}

#[test]
fn a_server_that_is_stopped_has_the_time_for_its_longest_request() {
    let longest = Config::from_lookup(&|_| None).unwrap().http.request_timeout.as_secs();
    let pod = file("deployment.yaml");
    let asleep = number_after(&pod, "seconds:");
    for (where_, grace) in [
        ("compose", number_after(&file("docker-compose.yml"), "stop_grace_period:")),
        ("systemd", number_after(&file("exposition.service"), "TimeoutStopSec=")),
        ("kubernetes", number_after(&pod, "terminationGracePeriodSeconds:") - asleep),
    ] {
        assert!(grace > longest, "{where_}: {grace} s are no more than {longest}");
    }
}

#[test]
fn the_servers_of_kubernetes_take_fewer_connections_than_postgresql_has() {
    let each = number_after(&file("configmap.yaml"), "EXPOSITION_DB_CONNECTIONS: \"");
    // Those for lookups, as many that write, half as many for lists; one that listens, one that asks
    // whether the database answers, and those of the schedule.
    let server = each + each + each.div_ceil(2) + 2;
    let most = number_after(&file("hpa.yaml"), "maxReplicas:") + 2;
    let allowed = number_after(&file("postgres.yaml"), "max_connections: \"");
    assert!(server * most < allowed, "{server} for each of {most}, of {allowed}");
}
