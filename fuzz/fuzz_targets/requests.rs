#![no_main]

use std::cell::RefCell;

thread_local! {
    static PLATFORM: RefCell<signoff_hostile::Platform> = RefCell::new(signoff_hostile::Platform::new());
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| PLATFORM.with_borrow_mut(|platform| platform.asked(data)));
