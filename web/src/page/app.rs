//! The app: holds the state, connects it to browser and worker, lays the panes out.

use std::rc::Rc;

use web_sys::KeyboardEvent;
use yew::prelude::*;

use super::kit::browser;
use super::kit::hooks::{use_frames, use_keys, use_quiet, use_shade};
use super::outbox::{self, Post, use_worker};
use super::panes::drop_zone::DropZone;
use super::panes::fleet_map::FleetMap;
use super::panes::gantt::Gantt;
use super::panes::header::Header;
use super::panes::levels::Levels;
use super::panes::phone_tabs::PhoneTabs;
use super::panes::side::Side;
use super::panes::status::Status;
use super::panes::transport::Transport;
use super::panes::verdict::VerdictBar;
use super::sheets::Sheets;
use super::{Clock, Send, commands};
use crate::design::tokens::Shade;
use crate::draw::zone::Zone;
use crate::state::{Action, Link, PhoneTab, Playback, Shared, State, Theme};

/// The whole page.
#[function_component]
pub(crate) fn App() -> Html {
    let state = use_reducer(|| {
        let mut link = Link::parse(&browser::fragment());
        if link.theme == Theme::Auto {
            link.theme = browser::stored_theme();
        }
        State::opening(link)
    });
    let post = use_worker(&state);
    let send = state.dispatcher();
    use_browser(&state, &send);
    let shade = use_shade(state.view.theme);
    let clock = use_clock(&state);
    let revive = {
        let (post, send) = (Rc::clone(&post), send.clone());
        Callback::from(move |()| outbox::revive(&post, &send))
    };
    html! {
        <ContextProvider<Send> context={send.clone()}>
            <div class={root_class(&state)} data-testid="app">
                <a class="skip" href="#main">{ "Skip to the rehearsal" }</a>
                <Header fleet={state.fleet.clone()} settings={state.settings.clone()}
                    theme={state.view.theme} n_past={state.past.len()}
                    n_future={state.future.len()} />
                <Status work={state.work.clone()} has_run={state.run.is_some()}
                    seed={state.settings.seed} on_revive={revive} />
                <VerdictBar run={state.run.clone()} before={state.before.clone()}
                    clock={clock.clone()} took_ms={state.took_ms} />
                <PhoneTabs chosen={state.view.phone} />
                { main(&state, &clock, shade) }
                <Transport run={state.run.clone()} clock={clock.clone()} cursor_ms={state.cursor_ms}
                    span={state.span} playback={state.playback} speed={state.speed} />
                <Sheets state={(*state).clone()} clock={clock.clone()} />
                <div class="hidden-text" role="status" data-testid="notice">{ &*state.notice }</div>
                <DropZone post={PostHandle(post)} />
            </div>
        </ContextProvider<Send>>
    }
}

/// The one hold on the worker; equal to itself only.
#[derive(Clone)]
pub(crate) struct PostHandle(pub(crate) Rc<Post>);

impl PartialEq for PostHandle {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

fn root_class(state: &State) -> Classes {
    let phone = match state.view.phone {
        PhoneTab::Fleet => "phone-fleet",
        PhoneTab::Gantt => "phone-gantt",
        PhoneTab::Levels => "phone-levels",
        PhoneTab::Events => "phone-events",
        PhoneTab::Causes => "phone-causes",
    };
    let [map, levels, side] = state.view.hidden;
    classes!(
        "app",
        phone,
        state.is_stale().then_some("stale"),
        map.then_some("no-map"),
        levels.then_some("no-levels"),
        side.then_some("no-side"),
    )
}

fn main(state: &State, clock: &Clock, shade: Shade) -> Html {
    html! {
        <main id="main" class="panes" aria-busy={state.is_stale().to_string()}>
            <h1 class="hidden-text">{ "Wavetank: rehearse a Kubernetes fleet upgrade" }</h1>
            <FleetMap fleet={state.fleet.clone()} run={state.run.clone()}
                cursor_ms={state.cursor_ms}
                selection={state.selection} {shade} />
            <Gantt fleet={state.fleet.clone()} run={state.run.clone()} clock={clock.clone()}
                cursor_ms={state.cursor_ms} span={state.span} selection={state.selection} />
            <Levels fleet={state.fleet.clone()} run={state.run.clone()} clock={clock.clone()}
                cursor_ms={state.cursor_ms} span={state.span} cluster={state.selection.cluster} />
            <Side state={state.clone()} clock={clock.clone()} />
        </main>
    }
}

/// Keys, frames, theme, address, title and downloads.
#[hook]
fn use_browser(state: &UseReducerHandle<State>, send: &Send) {
    {
        let send = send.clone();
        use_keys(Callback::from(move |event: KeyboardEvent| {
            commands::hear(&event, &send);
        }));
    }
    {
        let send = send.clone();
        use_frames(
            state.playback == Playback::Playing,
            Callback::from(move |elapsed| send.dispatch(Action::Tick(elapsed))),
        );
    }
    use_effect_with(state.view.theme, |theme| browser::apply_theme(*theme));
    let fleet_name = state.fleet.as_ref().map(|fleet| fleet.name.clone());
    use_effect_with(fleet_name, |name| match name {
        Some(name) => browser::set_title(&format!("{name} · Wavetank")),
        None => browser::set_title("Wavetank"),
    });
    use_effect_with(state.download.clone(), |file| {
        if let Some(file) = file {
            browser::download(&format!("{}.scenario.json", file_stem(&file.0)), &file.1);
        }
    });
    let fragment = (state.playback == Playback::Paused).then(|| Link::of(state));
    let write = {
        let fragment = fragment.clone();
        Callback::from(move |()| {
            if let Some(fragment) = &fragment {
                browser::set_fragment(fragment);
            }
        })
    };
    use_quiet(fragment, 250, write);
}

/// A name without what file systems trip over.
fn file_stem(name: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    name.chars().map(plain).collect()
}

/// The clock of the rehearsal on screen.
#[hook]
fn use_clock(state: &State) -> Clock {
    let run = state.run.as_ref();
    let start_unix_ms = run.map_or(0, |run| run.start_unix_ms);
    let end_ms = run.map_or(0, |run| run.end_ms);
    let zone = use_memo((start_unix_ms, end_ms), |(start, end)| {
        Shared::new(zone_of(*start, *end))
    });
    Clock {
        zone: (*zone).clone(),
        start_unix_ms,
    }
}

fn zone_of(start_unix_ms: i64, end_ms: u64) -> Zone {
    browser::zone(start_unix_ms, end_ms)
}
