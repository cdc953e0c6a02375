// `lineside check <folder>`: the faults on stdout, as scripts read them; what could be better on the displays only for who asks,
// else a summary on stderr.
import type { PlantRules } from '../shared/plant-rules.ts'
import { checkReport, hintReport } from './check-report.ts'
import { qualityOfPlant } from './displays/display-check.ts'
import { displayReport, displaySummary } from './displays/display-report.ts'
import { checkFiles } from './plant-check.ts'
import { FolderFiles } from './source/folder-scan.ts'

export interface CheckOptions {
  /** JSON instead of lines. */
  readonly json: boolean
  /** Findings and scores of displays on stdout. */
  readonly displays: boolean
}

/** What the command prints. */
export interface CheckOutput {
  readonly stdout: string
  readonly stderr: string
  /** No faults; findings of displays are notes and never one. */
  readonly isGood: boolean
}

/** `folder` is an absolute path. Displays are judged once there are no faults. */
export async function checkFolder(
  folder: string,
  rules: PlantRules,
  { json, displays }: CheckOptions,
): Promise<CheckOutput> {
  const files = new FolderFiles(folder)
  const { plant, faults, hints } = await checkFiles(files, rules)
  const quality = plant === null ? null : await qualityOfPlant(plant, files)
  const isGood = faults.length === 0
  const report = checkReport(faults, json)
  const notes = json ? '' : hintReport(hints)
  if (!displays)
    return { stdout: report, stderr: notes + (quality === null || json ? '' : displaySummary(quality)), isGood }
  if (json)
    return { stdout: `${JSON.stringify({ faults: JSON.parse(report), displays: quality })}\n`, stderr: '', isGood }
  return { stdout: report + (quality === null ? '' : displayReport(quality)), stderr: notes, isGood }
}
