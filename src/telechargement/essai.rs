//! One attempt: ask, follow redirects, take what comes.

use std::error::Error;
use std::io;
use std::net::{IpAddr, SocketAddr};

use reqwest::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_DISPOSITION, IF_RANGE, LOCATION, RANGE};
use reqwest::{Response, StatusCode, Url};

use super::adresse::{montree, nom_de_fichier};
use super::echec::{Arret, Panne, Refus};
use super::fichier::Partiel;
use super::reponse;
use super::reseau::{NomPrive, publique};
use super::{Suivi, Telechargeur};

/// Redirects that are followed.
const REDIRECTIONS: usize = 5;

impl Telechargeur {
    /// Asks for the file, or for the rest of it; returns its name once it is whole. What came
    /// before a failure stays, if it can be continued.
    pub(super) async fn essayer(&self, url: &Url, partiel: &mut Partiel, suivi: Suivi<'_>) -> Result<String, Arret> {
        let reponse = match self.demander(url, partiel).await {
            Err(Arret::Panne(Panne::Reprise)) => return Err(perdu(partiel).await),
            other => other?,
        };
        let reponse = self.situer(reponse, partiel).await?;
        let disposition = reponse::texte(reponse.headers(), CONTENT_DISPOSITION);
        let nom = nom_de_fichier(reponse.url(), disposition);
        self.recevoir(reponse, partiel, suivi).await?;
        Ok(nom)
    }

    /// The answer to the address, or to the one that it leads to.
    async fn demander(&self, depart: &Url, partiel: &Partiel) -> Result<Response, Arret> {
        let mut url = depart.clone();
        for suivies in 0..=REDIRECTIONS {
            self.admettre(&url).map_err(|refus| situe(refus, &url, suivies))?;
            let mut requete =
                self.client.get(url.clone()).header(ACCEPT, "text/csv, */*;q=0.5").header(ACCEPT_ENCODING, "identity");
            if let Some((recus, validateur)) = partiel.reprise() {
                requete = requete.header(RANGE, format!("bytes={recus}-")).header(IF_RANGE, validateur);
            }
            let sent = requete.send().await;
            let reponse = sent.map_err(|error| match self.panne(&error) {
                Arret::Refus(refus) => situe(refus, &url, suivies).into(),
                other => other,
            })?;
            match redirection(&reponse) {
                None => return reponse::annonce(reponse::statut(reponse).await?).await,
                Some(vers) => {
                    url = url.join(&vers).map_err(|_| Refus::RedirectionIllisible(vers))?;
                }
            }
        }
        Err(Refus::TropDeRedirections(REDIRECTIONS).into())
    }

    /// Whether this address may be asked at all. A name is checked again where it is resolved.
    fn admettre(&self, url: &Url) -> Result<(), Refus> {
        let host = url.host_str().unwrap_or_default();
        let literal: Option<IpAddr> = host.trim_start_matches('[').trim_end_matches(']').parse().ok();
        let port = url.port_or_known_default().unwrap_or_default();
        if literal.is_some_and(|ip| self.config.exemptees.contains(&SocketAddr::new(ip, port))) {
            return Ok(());
        }
        if url.scheme() != "https" {
            return Err(Refus::Schema(url.scheme().to_owned()));
        }
        // Without the port where it is that of the scheme.
        let named = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        if !self.config.hotes.contains(&named) {
            return Err(Refus::Hote(named));
        }
        match literal {
            Some(ip) if !publique(ip) => Err(Refus::Prive { hote: named, ip }),
            _ => Ok(()),
        }
    }

    /// Decides whether an answer begins the file or continues it.
    async fn situer(&self, reponse: Response, partiel: &mut Partiel) -> Result<Response, Arret> {
        let headers = reponse.headers();
        let validateur = reponse::validateur(headers);
        if reponse.status() == StatusCode::PARTIAL_CONTENT {
            let expected = partiel.reprise().map(|(recus, _)| recus);
            let (start, total) = reponse::partie(headers).unzip();
            let total = total.flatten();
            let same = validateur.is_none() || validateur == partiel.validateur.as_ref();
            let same_size = total.is_none() || partiel.total.is_none() || total == partiel.total;
            if expected.is_none() || start != expected || !same || !same_size {
                return Err(perdu(partiel).await);
            }
            partiel.total = partiel.total.or(total);
        } else {
            let (validateur, total) = (validateur.cloned(), reponse.content_length());
            partiel.recommencer().await?;
            (partiel.validateur, partiel.total) = (validateur, total);
        }
        match partiel.total {
            Some(total) if total > self.config.taille_max => {
                Err(Refus::TropGrand { limite: self.config.taille_max, annonce: Some(total) }.into())
            }
            _ => Ok(reponse),
        }
    }

    /// Takes the body.
    async fn recevoir(&self, mut reponse: Response, partiel: &mut Partiel, suivi: Suivi<'_>) -> Result<(), Arret> {
        loop {
            suivi(partiel.recus, partiel.total);
            match reponse.chunk().await {
                Ok(Some(chunk)) => partiel.ecrire(&chunk).await?,
                Ok(None) => break,
                Err(error) if error.is_timeout() => return Err(Panne::Inactif(self.config.inactivite).into()),
                Err(_) => return Err(coupe(partiel)),
            }
            if partiel.recus > self.config.taille_max {
                return Err(Refus::TropGrand { limite: self.config.taille_max, annonce: None }.into());
            }
        }
        if partiel.total.is_some_and(|total| total != partiel.recus) { Err(coupe(partiel)) } else { Ok(()) }
    }

    /// What an error of the client means.
    fn panne(&self, error: &reqwest::Error) -> Arret {
        if let Some(NomPrive { hote, ip }) = chaine(error).find_map(|cause| cause.downcast_ref()) {
            return Refus::Prive { hote: hote.clone(), ip: *ip }.into();
        }
        if let Some(tls) = chaine(error).find_map(certificat) {
            return Panne::Certificat(tls.to_string()).into();
        }
        if error.is_timeout() && !error.is_connect() {
            return Panne::Inactif(self.config.inactivite).into();
        }
        Panne::Connexion(causes(error)).into()
    }
}

/// What is there belongs to nothing that can still be had: the next attempt begins anew.
async fn perdu(partiel: &mut Partiel) -> Arret {
    match partiel.recommencer().await {
        Ok(()) => Panne::Reprise.into(),
        Err(error) => error.into(),
    }
}

fn coupe(partiel: &Partiel) -> Arret {
    Panne::Coupe { recus: partiel.recus, total: partiel.total }.into()
}

/// Where a redirect leads.
fn redirection(reponse: &Response) -> Option<String> {
    let led = matches!(reponse.status().as_u16(), 301 | 302 | 303 | 307 | 308);
    led.then(|| reponse::texte(reponse.headers(), LOCATION))?.map(str::to_owned)
}

/// A refusal, with the address when a server named it and not the operator.
fn situe(refus: Refus, url: &Url, suivies: usize) -> Refus {
    if suivies == 0 { refus } else { Refus::Redirection { vers: montree(url), motif: Box::new(refus) } }
}

/// An error and its causes.
fn chaine<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let error = next?;
        next = error.source();
        Some(error)
    })
}

/// What TLS says against a certificate. The system's error type wraps it, more than once, without
/// showing it as its source.
fn certificat<'a>(cause: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
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
    let mut causes: Vec<String> = chaine(error).skip(1).map(ToString::to_string).collect();
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
        assert!(certificat(&wrapped(rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer))).is_some());
        assert!(certificat(&wrapped(rustls::Error::DecryptError)).is_none());
        assert!(certificat(&io::Error::from(io::ErrorKind::ConnectionReset)).is_none());
    }
}
