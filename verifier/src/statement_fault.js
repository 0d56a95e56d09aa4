/** Why a text is not a statement, or does not verify; `kind` is the name in spec/statement.md. */
export class StatementFault extends Error {
  constructor(kind, message) {
    super(message);
    this.name = 'StatementFault';
    this.kind = kind;
  }
}
