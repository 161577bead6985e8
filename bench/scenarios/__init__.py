"""One file for each budget; `measure(runs)` returns a `report.Result`."""
