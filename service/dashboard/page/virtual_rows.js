/** A long table of which only the rows in view are there; all have the same height. */

const BEYOND = 6; // rows above and below what is in view, so that a slow scroll never shows a gap

export class VirtualRows {
  /**
   * `fill(row, index)` writes the cells of a row; `show(first, last)` is called with what is in view.
   */
  constructor(region, { height, fill, show }) {
    Object.assign(this, { region, height, fill, show });
    this.body = region.querySelector("tbody");
    [this.above, this.below] = [0, 1].map(() => Object.assign(document.createElement("tr"), { hidden: true }));
    this.rows = new Map();
    this.total = 0;
    region.addEventListener("scroll", () => this.later());
    new ResizeObserver(() => this.later()).observe(region);
  }

  later() {
    this.waiting ??= requestAnimationFrame(() => {
      this.waiting = null;
      this.draw();
    });
  }

  /** Begin again with so many rows. */
  reset(total) {
    this.total = total;
    this.rows.clear();
    this.body.replaceChildren(this.above, this.below);
    this.region.querySelector("table").setAttribute("aria-rowcount", total + 1);
    this.draw();
  }

  /** Write the rows in view again, from one to another. */
  refresh(first, last) {
    for (const [index, row] of this.rows) if (index >= first && index <= last) this.fill(row, index);
  }

  draw() {
    const top = Math.floor(this.region.scrollTop / this.height);
    const first = Math.max(0, top - BEYOND);
    const last = Math.min(this.total, top + Math.ceil(this.region.clientHeight / this.height) + BEYOND) - 1;
    for (const [index, row] of this.rows)
      if (index < first || index > last) {
        row.remove();
        this.rows.delete(index);
      }
    let next = this.above.nextSibling; // rows that stay keep their place, and the focus in them
    for (let index = first; index <= last; index++) {
      const row = this.rows.get(index);
      if (row) next = row.nextSibling;
      else this.body.insertBefore(this.make(index), next);
    }
    this.space(this.above, first);
    this.space(this.below, this.total - 1 - last);
    this.show(first, last);
  }

  make(index) {
    const row = document.createElement("tr");
    row.setAttribute("aria-rowindex", index + 2); // after the heading
    this.rows.set(index, row);
    this.fill(row, index);
    return row;
  }

  space(row, n) {
    row.hidden = n <= 0;
    row.style.height = `${Math.max(0, n) * this.height}px`;
  }
}
