"""The style sheet of the report: plain and light, with one column on a phone."""

STYLE = """
:root { color: #1d2430; background: #fff; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .25rem; border-top: 1px solid #d9dee6; padding-top: 1.25rem; }
h3 { font-size: 1rem; margin: 1rem 0 0; overflow-wrap: anywhere; unicode-bidi: isolate; }
p { margin: .35rem 0; max-width: 46rem; overflow-wrap: anywhere; }
.note { color: #5a6474; font-size: .9rem; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr));
  gap: .5rem 2rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem;
  margin: 1rem 0; }
.figures div { background: #f3f6fa; border-radius: .5rem; padding: .6rem .9rem; color: #5a6474;
  font-size: .9rem; }
.figures b { display: block; font-size: 1.5rem; color: #1d2430; font-weight: 600; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; margin: .75rem 0; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .25rem .8rem; border-bottom: 1px solid #e6eaf0; white-space: nowrap; }
th { font-weight: 600; font-size: .9rem; color: #5a6474; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
td.group, td.text { white-space: normal; overflow-wrap: anywhere; text-align: left; }
th.text { text-align: left; }
tr.own td { font-weight: 600; }
svg { display: block; width: 100%; height: auto; }
svg.bar { display: inline-block; width: 5rem; height: .6rem; margin-right: .5rem; }
svg text { font: 12px system-ui, sans-serif; fill: #5a6474; }
text.x { text-anchor: middle; }
text.y { text-anchor: end; dominant-baseline: central; }
.grid { stroke: #e6eaf0; }
.start { stroke: #8a94a3; stroke-dasharray: 3 3; }
.line { fill: none; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.views { stroke: #1d2430; stroke-width: 1.4; }
.forecast, .part-0 { stroke: #0b6bcb; }
.copy, .part-1 { stroke: #d9730d; }
.part-2 { stroke: #2a8f5b; }
.part-3 { stroke: #8a4fbf; }
.level-80 { stroke: #0b6bcb; }
.level-95 { stroke: #6aa9e6; }
.promise { stroke: #8a94a3; stroke-width: 1; stroke-dasharray: 5 4; }
.band { fill: #0b6bcb; }
.band.inner { fill-opacity: .22; }
.band.outer { fill-opacity: .11; }
.bar rect { fill: #0b6bcb; }
figure { margin: 0; min-width: 0; max-width: 32rem; }
.legend { display: flex; flex-wrap: wrap; gap: .1rem 1.1rem; font-size: .9rem; color: #5a6474; }
.legend svg { display: inline-block; width: 1.6rem; height: .8rem; vertical-align: -.05rem;
  margin-right: .35rem; }
code { font: .85rem ui-monospace, monospace; overflow-wrap: anywhere; }
@media print { h2 { break-after: avoid; } .charts > * { break-inside: avoid; } }
"""
