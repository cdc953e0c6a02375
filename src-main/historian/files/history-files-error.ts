// What can go wrong with the files of history, told apart for those who do something about it.
import { RuntimeError } from '../../shared/runtime-error.ts'
import type { StatusCodeName } from '../../shared/status-code.ts'

/**
 * - `diskFull`: no room (ENOSPC, EDQUOT, EFBIG); nothing of what was tried is stored, and it can be tried again
 * - `damaged`: bytes are not what was written
 * - `tooNew`: made by a newer Lineside; nothing was touched
 * - `ioError`: the system refused for another reason
 */
export type HistoryFilesErrorKind = 'diskFull' | 'damaged' | 'tooNew' | 'ioError'

const codeOfKind: Readonly<Record<HistoryFilesErrorKind, StatusCodeName>> = {
  diskFull: 'BadResourceUnavailable',
  damaged: 'BadInternalError',
  tooNew: 'BadConfigurationError',
  ioError: 'BadResourceUnavailable',
}

export class HistoryFilesError extends RuntimeError {
  readonly kind: HistoryFilesErrorKind

  constructor(kind: HistoryFilesErrorKind, message: string, cause?: unknown) {
    super(codeOfKind[kind], message, cause)
    this.kind = kind
  }
}

/**
 * A view met chunks that were joined across its seal limit since the limit was asked for, or a partition that was dropped to make room: ask
 * again and open a new view.
 */
export class ViewOutdated extends RuntimeError {
  constructor() {
    super(
      'BadRequestInterrupted',
      'The stored history was rewritten or dropped between two steps of reading it; read it again',
    )
  }
}
