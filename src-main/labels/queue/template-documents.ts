// Templates as they were when labels were made from them, by digest, with their images and approvals: a reprint or a restart years
// later knows exactly what stood on the label.
import type { Clock } from '../../base/clock.ts'
import type { LabelTemplate } from '../../shared/label.ts'
import { RuntimeError } from '../../shared/runtime-error.ts'
import type { Database, Statement } from '../../storage/database.ts'

/** How a version of a template stands. */
export interface TemplateVersion {
  readonly template: string
  readonly digest: string
  /** From 1 for each name, in the order in which they were seen. */
  readonly version: number
  readonly firstTimestamp: number
  readonly approvedBy: string | null
  readonly approvedTimestamp: number | null
}

interface TemplateRow extends TemplateVersion {
  readonly document: string
}

export class TemplateDocuments {
  readonly #clock: Clock
  readonly #one: Statement<[string, string], TemplateRow>
  readonly #ofName: Statement<[string], TemplateRow>
  readonly #insert: Statement<[string, string, number, string, number]>
  readonly #insertImage: Statement<[string, string, Uint8Array]>
  readonly #images: Statement<[string], { file: string; bytes: Buffer }>
  readonly #approve: Statement<[string, number, string, string, string]>

  constructor(database: Database, clock: Clock) {
    this.#clock = clock
    const columns = `name AS template, digest, version, document, first_timestamp AS firstTimestamp, approved_by AS approvedBy,
      approved_timestamp AS approvedTimestamp`
    this.#one = database.prepare(`SELECT ${columns} FROM label_template WHERE name = ? AND digest = ?`)
    this.#ofName = database.prepare(`SELECT ${columns} FROM label_template WHERE name = ? ORDER BY version DESC`)
    this.#insert = database.prepare(
      'INSERT INTO label_template (name, digest, version, document, first_timestamp) VALUES (?, ?, ?, ?, ?)',
    )
    this.#insertImage = database.prepare(
      'INSERT OR IGNORE INTO label_template_image (digest, file, bytes) VALUES (?, ?, ?)',
    )
    this.#images = database.prepare('SELECT file, bytes FROM label_template_image WHERE digest = ?')
    this.#approve = database.prepare(
      `UPDATE label_template SET approved_by = ?, approved_timestamp = ?, approval_comment = ? WHERE name = ? AND digest = ?`,
    )
  }

  /** Keeps a template, once for each digest. In the transaction that is open. */
  keep(template: LabelTemplate, images: ReadonlyMap<string, Uint8Array>): TemplateVersion {
    const known = this.#one.get(template.name, template.digest)
    if (known) return versionOf(known)
    const version = (this.#ofName.get(template.name)?.version ?? 0) + 1
    const now = this.#clock.now()
    this.#insert.run(template.name, template.digest, version, JSON.stringify(template), now)
    for (const [file, bytes] of images) this.#insertImage.run(template.digest, file, bytes)
    return versionOf(this.#one.get(template.name, template.digest)!)
  }

  /** Throws RuntimeError BadNotFound. */
  document(
    name: string,
    digest: string,
  ): { readonly template: LabelTemplate; readonly images: Map<string, Uint8Array> } {
    const row = this.#one.get(name, digest)
    if (!row) throw new RuntimeError('BadNotFound', `the template ${name} with the digest ${digest} is not known here`)
    const images = new Map(this.#images.all(digest).map(({ file, bytes }) => [file, bytes]))
    return { template: JSON.parse(row.document) as LabelTemplate, images }
  }

  /** Newest first. */
  versions(name: string): readonly TemplateVersion[] {
    return this.#ofName.all(name).map(versionOf)
  }

  /** In the transaction that is open. Throws RuntimeError BadNotFound. */
  approve(name: string, digest: string, user: string, comment: string): TemplateVersion {
    if (this.#approve.run(user, this.#clock.now(), comment, name, digest).changes === 0)
      throw new RuntimeError('BadNotFound', `the template ${name} has no version with the digest ${digest}`)
    return versionOf(this.#one.get(name, digest)!)
  }
}

function versionOf({ document: _document, ...version }: TemplateRow): TemplateVersion {
  return version
}
