//! The profile: keyring, passphrase, lock, preferences, and every way in which a folder can be wrong.

use secrecy::SecretString;
use signoff_engine::ports::SecretsError;
use signoff_wire::interface::{Code, Language, Loudness, NotificationPreferences, Preferences, Stage, Theme};

use crate::desk::{Desk, until};

const GOOD: &str = "seven wet umbrellas";

fn passphrase(text: &str) -> SecretString {
    SecretString::from(text)
}

#[tokio::test]
async fn a_new_profile_keeps_its_key_in_the_keyring_and_nowhere_else() {
    let desk = Desk::new();
    let engine = desk.opened().await;
    assert_eq!(engine.state().stage, Stage::SignedOut);
    let kept = desk.keyring.kept.lock().unwrap();
    let key = kept.iter().find(|(name, _)| name.ends_with("/key")).expect("a key in the keyring").1;
    assert_eq!(key.len(), 32, "256 bits");
    for file in std::fs::read_dir(desk.folder.path().join("profile")).unwrap() {
        let content = std::fs::read(file.unwrap().path()).unwrap_or_default();
        assert!(!content.windows(8).any(|window| window == &key[..8]), "the key is in a file");
    }
}

/// Bad input: a second start.
#[tokio::test]
async fn a_second_start_is_told_so_and_can_go_on_when_the_first_ends() {
    let desk = Desk::new();
    let first = desk.opened().await;
    let second = desk.opened().await;
    assert_eq!(second.state().stage, Stage::Unusable { code: Code::AlreadyRunning });
    assert_eq!(first.state().stage, Stage::SignedOut, "the first does not notice");
    first.shutdown().await;
    second.try_again().await.unwrap();
    assert_eq!(second.state().stage, Stage::SignedOut);
}

/// Bad input: keyring locked, keyring refusing.
#[tokio::test]
async fn a_keyring_in_trouble_is_named_and_asked_again() {
    for (trouble, code) in [(SecretsError::Locked, Code::KeyringLocked), (SecretsError::Refused, Code::KeyringRefused)]
    {
        let desk = Desk::new();
        desk.keyring.is(Some(trouble));
        let engine = desk.opened().await;
        assert_eq!(engine.state().stage, Stage::Unusable { code });
        engine.try_again().await.unwrap();
        assert_eq!(engine.state().stage, Stage::Unusable { code }, "nothing has changed yet");
        desk.keyring.is(None);
        engine.try_again().await.unwrap();
        assert_eq!(engine.state().stage, Stage::SignedOut);
    }
}

/// Bad input: keyring missing.
#[tokio::test]
async fn without_a_keyring_a_passphrase_is_chosen_once_and_asked_for_from_then_on() {
    let desk = Desk::new();
    desk.keyring.is(Some(SecretsError::Missing));
    let engine = desk.opened().await;
    assert_eq!(engine.state().stage, Stage::Passphrase { new: true });
    let short = engine.open_with_passphrase(passphrase("umbrella")).await.expect_err("eight characters");
    assert_eq!((short.code, short.limit), (Code::PassphraseTooShort, Some(10)));
    engine.open_with_passphrase(passphrase(GOOD)).await.unwrap();
    assert_eq!(engine.state().stage, Stage::SignedOut);
    engine.shutdown().await;

    // A keyring that appears later changes nothing: the profile was locked with a passphrase.
    desk.keyring.is(None);
    let engine = desk.opened().await;
    assert_eq!(engine.state().stage, Stage::Passphrase { new: false });
    let wrong = engine.open_with_passphrase(passphrase("seven dry umbrellas")).await.expect_err("another one");
    assert_eq!(wrong.code, Code::PassphraseWrong);
    assert_eq!(engine.state().stage, Stage::Passphrase { new: false }, "one may try again");
    engine.open_with_passphrase(passphrase(GOOD)).await.unwrap();
    assert_eq!(engine.state().stage, Stage::SignedOut);
    assert!(desk.keyring.kept.lock().unwrap().is_empty(), "nothing of a passphrase's profile is in a keyring");
}

/// A keyring that says yes to everything and keeps nothing would lose the cache at the next start.
#[tokio::test]
async fn a_key_that_is_not_given_back_is_not_used() {
    struct Sieve;
    impl signoff_engine::ports::Secrets for Sieve {
        fn get(&self, _: &str) -> Result<Option<secrecy::SecretSlice<u8>>, SecretsError> {
            Ok(None)
        }
        fn set(&self, _: &str, _: &secrecy::SecretSlice<u8>) -> Result<(), SecretsError> {
            Ok(())
        }
        fn remove(&self, _: &str) -> Result<(), SecretsError> {
            Ok(())
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let chance = std::sync::Arc::new(crate::desk::Dice);
    let profile = signoff_engine::profile::Profile::open(folder.path(), std::sync::Arc::new(Sieve), chance).unwrap();
    assert_eq!(profile.unlock().err().map(|error| error.code()), Some(Code::KeyringRefused));
}

/// Bad input: an unwritable folder. A file stands where the folder should be, which stops even an administrator.
#[tokio::test]
async fn a_folder_that_cannot_be_made_is_said_to_be_unwritable() {
    let desk = Desk::new();
    let place = desk.folder.path().join("profile");
    std::fs::write(&place, "in the way").unwrap();
    let engine = desk.opened().await;
    assert_eq!(engine.state().stage, Stage::Unusable { code: Code::CacheUnwritable });
    std::fs::remove_file(&place).unwrap();
    engine.try_again().await.unwrap();
    assert_eq!(engine.state().stage, Stage::SignedOut);
}

#[tokio::test]
async fn a_profile_of_a_newer_version_is_left_alone() {
    let desk = Desk::new();
    let file = desk.folder.path().join("profile").join("profile.json");
    let newer = r#"{"format":2,"shape":"unknown"}"#;
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, newer).unwrap();
    let engine = desk.opened().await;
    assert_eq!(engine.state().stage, Stage::Unusable { code: Code::CacheNewer });
    assert_eq!(std::fs::read_to_string(&file).unwrap(), newer);
}

#[tokio::test]
async fn preferences_outlive_the_program_and_are_there_before_anything_is_unlocked() {
    let desk = Desk::new();
    let wanted = Preferences { language: Language::Fr, theme: Theme::Dark, ..Preferences::default() };
    let engine = desk.opened().await;
    engine.set_preferences(wanted.clone()).await.unwrap();
    engine.shutdown().await;
    desk.keyring.is(Some(SecretsError::Locked));
    let engine = desk.opened().await;
    assert_eq!(engine.preferences().await.unwrap(), wanted);
}

#[tokio::test]
async fn strange_preferences_take_their_defaults_one_by_one_and_unknown_ones_are_kept() {
    let desk = Desk::new();
    let file = desk.folder.path().join("profile").join("preferences.json");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    let strange = r#"{"language":"fr","theme":7,"hologram":true,"notifications":{"new_conversation":"silent","assigned_to_me":"shouted"}}"#;
    std::fs::write(&file, strange).unwrap();
    let engine = desk.opened().await;
    let read = engine.preferences().await.unwrap();
    let notifications = NotificationPreferences { new_conversation: Loudness::Silent, ..Default::default() };
    assert_eq!(read, Preferences { language: Language::Fr, notifications, ..Preferences::default() });
    engine.set_preferences(Preferences { theme: Theme::Light, ..read }).await.unwrap();
    let kept: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!((&kept["hologram"], &kept["theme"]), (&serde_json::json!(true), &serde_json::json!("light")));
}

#[tokio::test]
async fn preferences_that_are_no_json_at_all_are_no_reason_not_to_start() {
    let desk = Desk::new();
    let file = desk.folder.path().join("profile").join("preferences.json");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, [0xff, 0xfe, 0x00]).unwrap();
    let engine = desk.opened().await;
    assert_eq!(engine.preferences().await.unwrap(), Preferences::default());
    until(&engine, "it opens", |state| state.stage == Stage::SignedOut).await;
}
