//! Builds the fleet report.

use super::FleetReport;
use crate::checked::Issue;
use crate::inventory::Inventory;

/// Reports the fleet as it was loaded.
pub fn fleet(_inventory: &Inventory, source: &str, issues: &[Issue]) -> FleetReport {
    FleetReport {
        source: source.to_owned(),
        issues: issues.to_vec(),
        ..FleetReport::default()
    }
}
