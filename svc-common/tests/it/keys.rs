//! Keys and links in the data directory.

use std::fs;
use std::path::Path;
use std::thread;

use market_api::auth::Role;
use svc_common::links::{LinkError, mint, redeem};
use svc_common::token::{KeyError, LIFETIME, Signer, TokenError, Verifier};

#[test]
fn of_starts_at_once_all_get_the_same_key() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("not/yet/there");
    let tokens: Vec<String> = thread::scope(|scope| {
        let starts: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| Signer::open(&data).unwrap().sign("a", Role::Admin, LIFETIME).unwrap().token))
            .collect();
        starts.into_iter().map(|start| start.join().unwrap()).collect()
    });
    let verifier = Verifier::new(&data);
    for token in tokens {
        assert!(verifier.verify(&token).is_ok());
    }
    let mut left: Vec<_> = fs::read_dir(data.join("keys"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    assert_eq!(left, ["token.key", "token.pub"]);
}

#[test]
fn a_verifier_finds_keys_that_come_later_or_change() {
    let directory = tempfile::tempdir().unwrap();
    let verifier = Verifier::new(directory.path());
    let sign = || Signer::open(directory.path()).unwrap().sign("a", Role::Admin, LIFETIME).unwrap().token;
    assert_eq!(verifier.verify("a.b.c"), Err(TokenError::NoKey));
    let token = sign();
    assert!(verifier.verify(&token).is_ok());
    // A lost public key is made again from the private one.
    fs::remove_file(directory.path().join("keys/token.pub")).unwrap();
    assert_eq!(verifier.verify(&token), Err(TokenError::NoKey));
    sign();
    assert!(verifier.verify(&token).is_ok());
    // A new pair ends all tokens of the old one.
    fs::remove_file(directory.path().join("keys/token.key")).unwrap();
    assert!(verifier.verify(&sign()).is_ok());
    assert_eq!(verifier.verify(&token), Err(TokenError::Signature));
}

#[test]
fn a_damaged_key_is_named() {
    let directory = tempfile::tempdir().unwrap();
    Signer::open(directory.path()).unwrap();
    fs::write(directory.path().join("keys/token.key"), "short").unwrap();
    let error = Signer::open(directory.path()).unwrap_err();
    assert!(matches!(error, KeyError::Damaged { .. }) && error.to_string().contains("token.key"), "{error}");
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[cfg(unix)]
#[test]
fn what_is_private_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path();
    Signer::open(data).unwrap();
    let token = mint(data).unwrap();
    for (path, expected) in [("keys", 0o700), ("keys/token.key", 0o600), ("links", 0o700)] {
        assert_eq!(mode(&data.join(path)), expected, "{path}");
    }
    for link in fs::read_dir(data.join("links")).unwrap() {
        let link = link.unwrap();
        assert_eq!(mode(&link.path()), 0o600);
        assert!(!link.file_name().into_string().unwrap().contains(&token));
        assert!(!fs::read_to_string(link.path()).unwrap().contains(&token));
    }
    fs::set_permissions(data.join("keys/token.key"), fs::Permissions::from_mode(0o644)).unwrap();
    let error = Signer::open(data).unwrap_err();
    assert!(matches!(error, KeyError::Exposed { mode: 0o644, .. }), "{error}");
}

#[test]
fn a_link_opens_once_whoever_races() {
    let directory = tempfile::tempdir().unwrap();
    for _ in 0..50 {
        let token = mint(directory.path()).unwrap();
        assert_eq!(token.len(), 64);
        let won: usize = thread::scope(|scope| {
            let racers: Vec<_> = (0..4).map(|_| scope.spawn(|| redeem(directory.path(), &token))).collect();
            racers.into_iter().map(|racer| usize::from(racer.join().unwrap().is_ok())).sum()
        });
        assert_eq!(won, 1);
        assert_eq!(redeem(directory.path(), &token), Err(LinkError));
    }
    assert_eq!(redeem(directory.path(), "../keys/token.key"), Err(LinkError));
    assert_eq!(redeem(Path::new("/nowhere"), "x"), Err(LinkError));
}
