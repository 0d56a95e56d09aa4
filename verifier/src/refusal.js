// Why something is refused. `reason` is a stable name, the same as in the reference implementation; `detail` says it in
// English for whoever looks closer.

/** What is wrong, raised where it is found. */
export class Refused extends Error {
  constructor(reason, detail) {
    super(detail);
    this.name = 'Refused';
    this.reason = reason;
    this.detail = detail;
  }
}

/** The steps of verification (spec/dossier.md), by number. */
export const STEPS = Object.freeze(['file', 'checkpoint', 'index', 'label', 'trie', 'statements']);

/** Refuses unless `holds`. */
export function demand(holds, reason, detail) {
  if (!holds) throw new Refused(reason, detail);
}
