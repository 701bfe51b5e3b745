#![no_main]

use std::cell::RefCell;

thread_local! {
    static TARGET: RefCell<signoff_hostile::Provider> = RefCell::new(signoff_hostile::Provider::new());
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| TARGET.with_borrow_mut(|target| target.answered(data)));
