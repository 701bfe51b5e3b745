//! Keeping a restored window on a screen.
//!
//! Between two starts monitors are unplugged and resolutions change. The window-state plugin leaves the place to the system when nothing of
//! the window would be visible; a corner that is still visible is not enough to take hold of, though.

use tauri::{PhysicalPosition, PhysicalSize, Window};

/// What must be visible of the window's top edge, in pixels: enough of a title bar to drag it by.
const GRIP: (i32, i32) = (160, 32);

/// A rectangle of the desktop, in physical pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Area {
    x: i32,
    y: i32,
    width: u32,
    height: u32,
}

/// Moves the window to where it can be used, if it is not there. Before a window is shown, it has neither place nor size to ask for.
///
/// # Errors
/// Whatever the windowing system answers instead of a size or a place.
pub(crate) fn bring_onto_screen(window: &Window) -> tauri::Result<()> {
    let (position, size) = (window.outer_position()?, window.outer_size()?);
    let at = Area { x: position.x, y: position.y, width: size.width, height: size.height };
    let screens: Vec<Area> = window
        .available_monitors()?
        .iter()
        .map(|monitor| {
            let (position, size) = (monitor.position(), monitor.size());
            Area { x: position.x, y: position.y, width: size.width, height: size.height }
        })
        .collect();
    if let Some(better) = better_place(at, &screens) {
        window.set_size(PhysicalSize::new(better.width, better.height))?;
        window.set_position(PhysicalPosition::new(better.x, better.y))?;
    }
    Ok(())
}

/// Where the window should be instead, if it cannot be taken hold of: in the middle of the first screen, no larger than that.
fn better_place(at: Area, screens: &[Area]) -> Option<Area> {
    if screens.iter().any(|screen| can_be_gripped(at, *screen)) {
        return None;
    }
    let screen = screens.first()?;
    let (width, height) = (at.width.min(screen.width), at.height.min(screen.height));
    let middle = |start: i32, room: u32, taken: u32| start.saturating_add_unsigned((room - taken) / 2);
    Some(Area { x: middle(screen.x, screen.width, width), y: middle(screen.y, screen.height, height), width, height })
}

fn can_be_gripped(at: Area, screen: Area) -> bool {
    let right = |area: Area| area.x.saturating_add_unsigned(area.width);
    let bottom = screen.y.saturating_add_unsigned(screen.height);
    let width = right(at).min(right(screen)).saturating_sub(at.x.max(screen.x));
    width >= GRIP.0 && at.y >= screen.y && at.y.saturating_add(GRIP.1) <= bottom
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCREEN: Area = Area { x: 0, y: 0, width: 1920, height: 1080 };
    const LEFT: Area = Area { x: -1280, y: 56, width: 1280, height: 1024 };

    fn at(x: i32, y: i32) -> Area {
        Area { x, y, width: 1200, height: 800 }
    }

    #[test]
    fn a_window_that_can_be_used_stays() {
        for place in [at(0, 0), at(360, 140), at(1700, 1000), at(-1000, 200)] {
            assert_eq!(better_place(place, &[SCREEN, LEFT]), None, "{place:?}");
        }
    }

    #[test]
    fn a_window_that_cannot_be_gripped_comes_to_the_middle() {
        for place in [at(5000, 0), at(0, -400), at(0, 1070), at(1919, 0), at(-1190, 100)] {
            assert_eq!(better_place(place, &[SCREEN]), Some(at(360, 140)), "{place:?}");
        }
    }

    #[test]
    fn it_is_made_no_larger_than_the_screen() {
        let huge = Area { x: 9000, y: 9000, width: 4000, height: 3000 };
        assert_eq!(better_place(huge, &[SCREEN]), Some(SCREEN));
    }

    #[test]
    fn without_a_screen_nothing_is_moved() {
        assert_eq!(better_place(at(0, 0), &[]), None);
    }
}
