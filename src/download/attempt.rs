//! One attempt: ask, follow redirects, take what comes.

use std::error::Error;
use std::io;
use std::net::{IpAddr, SocketAddr};

use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_DISPOSITION, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, LOCATION, RANGE,
};
use reqwest::{RequestBuilder, Response, StatusCode, Url};

use super::address::{file_name, shown};
use super::answer;
use super::failure::{AttemptEnd, DownloadRefusal, Fault};
use super::file::Partial;
use super::network::{PrivateName, is_public};
use super::{Downloader, Progress, Version, Wanted};

/// Redirects that are followed.
const REDIRECTIONS: usize = 5;

impl Downloader {
    /// Asks for the file, or for the rest of it; returns its name once it is whole. What came
    /// before a failure stays, if it can be continued.
    pub(super) async fn try_once(
        &self,
        wanted: &Wanted<'_>,
        partial: &mut Partial,
        tracked: Progress<'_>,
    ) -> Result<(String, Version), AttemptEnd> {
        let answer = match self.ask(wanted, partial).await {
            Err(AttemptEnd::Fault(Fault::Resumption)) => return Err(lost(partial).await),
            other => other?,
        };
        let answer = self.locate(answer, partial).await?;
        let disposition = answer::text(answer.headers(), CONTENT_DISPOSITION);
        let nom = file_name(answer.url(), disposition);
        let version = answer::version(answer.headers());
        self.receive(answer, partial, tracked).await?;
        Ok((nom, version))
    }

    /// The answer to the address, or to the one that it leads to.
    async fn ask(&self, wanted: &Wanted<'_>, partial: &Partial) -> Result<Response, AttemptEnd> {
        let mut url = wanted.address.url().clone();
        for followed in 0..=REDIRECTIONS {
            self.admit(&url).map_err(|refusal| located(refusal, &url, followed))?;
            let request =
                self.client.get(url.clone()).header(ACCEPT, "text/csv, */*;q=0.5").header(ACCEPT_ENCODING, "identity");
            let sent = conditional(request, wanted.known, partial).send().await;
            let answer = sent.map_err(|error| match self.fault(&error) {
                AttemptEnd::Refused(refusal) => located(refusal, &url, followed).into(),
                other => other,
            })?;
            match redirection(&answer) {
                None if answer.status() == StatusCode::NOT_MODIFIED && !wanted.known.is_empty() => {
                    return Err(AttemptEnd::Unchanged);
                }
                None => return answer::announced(answer::status(answer).await?).await,
                Some(to) => {
                    url = url.join(&to).map_err(|_| DownloadRefusal::UnreadableRedirection(to))?;
                }
            }
        }
        Err(DownloadRefusal::TooManyRedirections(REDIRECTIONS).into())
    }

    /// Whether this address may be asked at all. A name is checked again where it is resolved.
    fn admit(&self, url: &Url) -> Result<(), DownloadRefusal> {
        let host = url.host_str().unwrap_or_default();
        let literal: Option<IpAddr> = host.trim_start_matches('[').trim_end_matches(']').parse().ok();
        let port = url.port_or_known_default().unwrap_or_default();
        if literal.is_some_and(|ip| self.config.exempt.contains(&SocketAddr::new(ip, port))) {
            return Ok(());
        }
        if url.scheme() != "https" {
            return Err(DownloadRefusal::Schema(url.scheme().to_owned()));
        }
        // Without the port where it is that of the scheme.
        let named = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        if !self.config.hosts.contains(&named) {
            return Err(DownloadRefusal::Host(named));
        }
        match literal {
            Some(ip) if !is_public(ip) => Err(DownloadRefusal::Prive { host: named, ip }),
            _ => Ok(()),
        }
    }

    /// Decides whether an answer begins the file or continues it.
    async fn locate(&self, answer: Response, partial: &mut Partial) -> Result<Response, AttemptEnd> {
        let headers = answer.headers();
        let validator = answer::validator(headers);
        if answer.status() == StatusCode::PARTIAL_CONTENT {
            let expected = partial.resumption().map(|(received, _)| received);
            let (start, total) = answer::part(headers).unzip();
            let total = total.flatten();
            let same = validator.is_none() || validator == partial.validator.as_ref();
            let same_size = total.is_none() || partial.total.is_none() || total == partial.total;
            if expected.is_none() || start != expected || !same || !same_size {
                return Err(lost(partial).await);
            }
            partial.total = partial.total.or(total);
        } else {
            let (validator, total) = (validator.cloned(), answer.content_length());
            partial.start_again().await?;
            (partial.validator, partial.total) = (validator, total);
        }
        match partial.total {
            Some(total) if total > self.config.max_size => {
                Err(DownloadRefusal::TooLarge { limite: self.config.max_size, announced: Some(total) }.into())
            }
            _ => Ok(answer),
        }
    }

    /// Takes the body.
    async fn receive(
        &self,
        mut answer: Response,
        partial: &mut Partial,
        tracked: Progress<'_>,
    ) -> Result<(), AttemptEnd> {
        loop {
            tracked(partial.received, partial.total);
            match answer.chunk().await {
                Ok(Some(chunk)) => partial.write(&chunk).await?,
                Ok(None) => break,
                Err(error) if error.is_timeout() => return Err(Fault::Inactive(self.config.idle_timeout).into()),
                Err(_) => return Err(cut(partial)),
            }
            if partial.received > self.config.max_size {
                return Err(DownloadRefusal::TooLarge { limite: self.config.max_size, announced: None }.into());
            }
        }
        if partial.total.is_some_and(|total| total != partial.received) { Err(cut(partial)) } else { Ok(()) }
    }

    /// What an error of the client means.
    fn fault(&self, error: &reqwest::Error) -> AttemptEnd {
        if let Some(PrivateName { host, ip }) = chain(error).find_map(|cause| cause.downcast_ref()) {
            return DownloadRefusal::Prive { host: host.clone(), ip: *ip }.into();
        }
        if let Some(tls) = chain(error).find_map(certificate) {
            return Fault::Certificate(tls.to_string()).into();
        }
        if error.is_timeout() && !error.is_connect() {
            return Fault::Inactive(self.config.idle_timeout).into();
        }
        Fault::Connection(causes(error)).into()
    }
}

/// Asks for the rest of what is there, else for what is not the version that is known.
fn conditional(request: RequestBuilder, known: &Version, partial: &Partial) -> RequestBuilder {
    if let Some((received, validator)) = partial.resumption() {
        return request.header(RANGE, format!("bytes={received}-")).header(IF_RANGE, validator);
    }
    let headers = [(IF_NONE_MATCH, &known.etag), (IF_MODIFIED_SINCE, &known.modified)];
    headers.into_iter().fold(request, |request, (name, value)| match value {
        Some(value) => request.header(name, value),
        None => request,
    })
}

/// What is there belongs to nothing that can still be had: the next attempt begins anew.
async fn lost(partial: &mut Partial) -> AttemptEnd {
    match partial.start_again().await {
        Ok(()) => Fault::Resumption.into(),
        Err(error) => error.into(),
    }
}

fn cut(partial: &Partial) -> AttemptEnd {
    Fault::Cut { received: partial.received, total: partial.total }.into()
}

/// Where a redirect leads.
fn redirection(answer: &Response) -> Option<String> {
    let led = matches!(answer.status().as_u16(), 301 | 302 | 303 | 307 | 308);
    led.then(|| answer::text(answer.headers(), LOCATION))?.map(str::to_owned)
}

/// A refusal, with the address when a server named it and not the operator.
fn located(refusal: DownloadRefusal, url: &Url, followed: usize) -> DownloadRefusal {
    if followed == 0 { refusal } else { DownloadRefusal::Redirection { to: shown(url), motif: Box::new(refusal) } }
}

/// An error and its causes.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let error = next?;
        next = error.source();
        Some(error)
    })
}

/// What TLS says against a certificate. The system's error type wraps it, more than once, without
/// showing it as its source.
fn certificate<'a>(cause: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    let mut cause = cause;
    while let Some(wrapped) = cause.downcast_ref::<io::Error>() {
        cause = wrapped.get_ref()?;
    }
    cause
        .downcast_ref()
        .filter(|error| matches!(error, rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented))
}

/// The causes of an error, the outermost left out: it repeats the address with its query.
pub(super) fn causes(error: &reqwest::Error) -> String {
    let mut causes: Vec<String> = chain(error).skip(1).map(ToString::to_string).collect();
    causes.dedup();
    if causes.is_empty() { "for an unknown reason".to_owned() } else { causes.join(": ") }
}

#[cfg(test)]
mod tests {
    use rustls::CertificateError;

    use super::*;

    #[test]
    fn a_wrong_certificate_is_found_under_the_errors_that_wrap_it() {
        let wrapped = |error: rustls::Error| io::Error::other(io::Error::new(io::ErrorKind::InvalidData, error));
        assert!(certificate(&wrapped(rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer))).is_some());
        assert!(certificate(&wrapped(rustls::Error::DecryptError)).is_none());
        assert!(certificate(&io::Error::from(io::ErrorKind::ConnectionReset)).is_none());
    }
}
