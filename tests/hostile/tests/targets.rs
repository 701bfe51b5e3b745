//! Every target with the seeds in `seeds/` and with bytes by chance: the same ones every time, on a fast machine and a slow one.
//!
//! `SIGNOFF_HOSTILE_SECONDS=600` looks further for as long.
#![expect(clippy::expect_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{Rng as _, RngCore as _, SeedableRng as _};

/// What chance puts together besides bytes: pieces that mean something to somebody.
const PIECES: &[&[u8]] = &[
    b"id: 7\n",
    b"event: reset\n",
    b"data: {}\n\n",
    b"data: {\"a\":1}\n\n",
    b"retry: 1\n",
    b"\xef\xbb\xbf",
    b"\r\n",
    b"\n\n",
    b": heartbeat\n\n",
    b"{\"code\":\"overloaded\"}",
    b"{\"items\":[],\"next\":null}",
    b"Wed, 21 Oct 2015 07:28:00 GMT",
    b"120",
    b"-1",
    b"99999999999999999999",
    b"\"",
    b"{",
    b"}",
    b"[",
    b"]",
    b"null",
    b"=1+1",
    b"%00",
    b"\0",
    b"' OR 1=1 --",
    b"../../etc/passwd",
    b"\xf0\x9f\xa6\x8a",
    b"\xed\xa0\x80",
];

fn longer() -> Duration {
    let seconds = std::env::var("SIGNOFF_HOSTILE_SECONDS").ok().and_then(|text| text.parse().ok());
    Duration::from_secs(seconds.unwrap_or(0))
}

/// Feeds `target` with its seeds and then with `inputs` made by chance.
fn feed(name: &str, inputs: u64, mut target: impl FnMut(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(name);
    for entry in std::fs::read_dir(folder).expect("a folder of seeds") {
        let path = entry.expect("a seed").path();
        target(&std::fs::read(&path).expect("a seed"));
    }
    let until = Instant::now() + longer();
    let mut seed = 0;
    while seed < inputs || Instant::now() < until {
        let data = made_up(seed);
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| target(&data))) {
            let shown: String = data.iter().map(|byte| format!("{byte:02x}")).collect();
            eprintln!("target {name}, seed {seed}: put these bytes into seeds/{name}/: {shown}");
            resume_unwind(panic);
        }
        seed += 1;
    }
    eprintln!("{name}: {seed} inputs");
}

fn made_up(seed: u64) -> Vec<u8> {
    let mut chance = StdRng::seed_from_u64(seed);
    let mut data = Vec::new();
    for _ in 0..chance.random_range(1..40) {
        if chance.random_bool(0.3) {
            data.extend_from_slice(PIECES[chance.random_range(0..PIECES.len())]);
        } else {
            let mut bytes = vec![0; chance.random_range(1..12)];
            chance.fill_bytes(&mut bytes);
            data.extend(bytes);
        }
    }
    data
}

#[test]
fn the_platform_answers_every_request() {
    let mut platform = signoff_hostile::Platform::new();
    feed("requests", 8_000, |data| platform.asked(data));
}

#[test]
fn the_engine_survives_every_answer() {
    feed("answers", 20_000, signoff_hostile::answer);
}

#[test]
fn the_engine_survives_every_stream() {
    feed("streams", 30_000, signoff_hostile::stream);
}

#[test]
fn a_provider_says_anything_and_lets_in_whom_it_vouches_for_alone() {
    let mut single_sign_on = signoff_hostile::SingleSignOn::new();
    feed("single_sign_on", 500, |data| single_sign_on.visited(data));
}

#[test]
fn a_scenario_survives_every_answer() {
    let mut calls = signoff_hostile::Calls::new();
    feed("calls", 100, |data| calls.answered(data));
}

#[test]
fn every_file_is_kept_as_it_came_and_run_by_nobody() {
    let mut files = signoff_hostile::Files::new();
    feed("files", 8_000, |data| files.sent(data));
}

#[test]
fn a_provider_is_believed_with_its_signature_alone_and_once() {
    let mut provider = signoff_hostile::Provider::new();
    feed("webhooks", 3_000, |data| provider.said(data));
}

#[test]
fn whatever_a_provider_answers_nothing_is_lost() {
    let mut provider = signoff_hostile::Provider::new();
    feed("deliveries", 200, |data| provider.answered(data));
}

#[test]
fn nobody_chooses_the_address_that_they_are_counted_under() {
    let mut heads = signoff_hostile::Heads::new();
    feed("heads", 3_000, |data| heads.asked(data));
}

#[test]
fn nobody_is_taken_for_the_browser_who_does_not_know_the_visit() {
    let mut visits = signoff_hostile::Visits::new();
    feed("visits", 1_000, |data| visits.came(data));
}

#[test]
fn the_engine_draws_every_picture_or_refuses_it() {
    feed("pictures", 500, signoff_hostile::picture);
}

#[test]
fn every_link_leads_to_one_conversation_or_nowhere() {
    feed("links", 30_000, signoff_hostile::link);
}

/// `fuzz/` is built by a nightly toolchain alone, so nothing else notices when it is left behind.
#[test]
fn libfuzzer_is_given_the_same_targets() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let named = |folder: &str| -> BTreeSet<String> {
        let entries = std::fs::read_dir(here.join(folder)).expect(folder);
        let stem = |path: &Path| path.file_stem().expect("a name").to_string_lossy().into_owned();
        entries.map(|entry| stem(&entry.expect("an entry").path())).collect()
    };
    let this = include_str!("targets.rs");
    let quoted = |text: &str, before: &str| -> BTreeSet<String> {
        text.split(before).skip(1).filter_map(|rest| rest.split_once('"')).map(|(name, _)| name.to_owned()).collect()
    };
    let fed = quoted(this, "feed(\"");
    assert!(fed.len() > 10, "{fed:?}");
    assert_eq!(fed, named("seeds"), "every target has seeds");
    assert_eq!(fed, named("../../fuzz/fuzz_targets"), "every target is libFuzzer's, too");
    let manifest = std::fs::read_to_string(here.join("../../fuzz/Cargo.toml")).expect("a manifest");
    let built = quoted(&manifest, "[[bin]]\nname = \"");
    assert_eq!(fed, built, "and is built");
    // What it calls there is what is called here.
    let word =
        |text: &str| text.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next().map(str::to_owned);
    for name in &fed {
        let file = here.join(format!("../../fuzz/fuzz_targets/{name}.rs"));
        let text = std::fs::read_to_string(&file).expect("a target");
        let used: BTreeSet<String> = text.split("signoff_hostile::").skip(1).filter_map(word).collect();
        assert_eq!(used.len(), 1, "{name}: {used:?}");
        let subject = used.first().expect("one");
        assert!(this.contains(&format!("signoff_hostile::{subject}")), "{name}: {subject}");
        if let Some((_, call)) = text.split_once("|target| target.").or_else(|| text.split_once("|platform| platform."))
        {
            let call = word(call).expect("a call");
            let line = this.lines().find(|line| line.contains(&format!("feed(\"{name}\""))).expect("a test");
            assert!(line.contains(&format!(".{call}(data)")), "{name}: {call}");
        }
    }
}
