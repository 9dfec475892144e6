//! The panes of the main screen. All of them show one instant, one selection, one rehearsal.

pub(crate) mod blast;
pub(crate) mod causes;
pub(crate) mod cluster_card;
pub(crate) mod drop_zone;
pub(crate) mod fleet_map;
pub(crate) mod gantt;
pub(crate) mod gantt_lane;
pub(crate) mod header;
pub(crate) mod injected;
pub(crate) mod input;
pub(crate) mod level_chart;
pub(crate) mod levels;
pub(crate) mod log;
pub(crate) mod object;
pub(crate) mod phone_tabs;
pub(crate) mod side;
pub(crate) mod status;
pub(crate) mod transport;
pub(crate) mod verdict;
