// The levels of docs/ARCHITECTURE.md as rules: imports point downward only, level-2 folders never import each other.
const level2 =
  'plant|drivers|tags|expressions|equipment|alarms|historian|identifiers|labels|scanning|access|maintenance|gateways|simulation'
const screens = 'mimic|faceplate|displays|alarms|trends|labels|identifiers|engineering|access|maintenance'
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to })

export default {
  forbidden: [
    forbid('no-cycles', 'An import cycle has no first page to read.', {}, { circular: true }),
    forbid(
      'shared-is-pure',
      'shared/ holds words both processes use: valibot and the CEL library at most, no Node, DOM or Electron.',
      { path: '^src-main/shared/' },
      { pathNot: '^src-main/shared/|^node_modules/(valibot|@marcbachmann/cel-js)/' },
    ),
    forbid(
      'base-knows-no-plant',
      'base/ are small tools without plant knowledge (the status code table excepted).',
      { path: '^src-main/base/' },
      { path: '^src-main/', pathNot: '^src-main/(base/|shared/status-code)' },
    ),
    forbid(
      'storage-is-low',
      'storage/ imports only levels below.',
      { path: '^src-main/storage/' },
      { path: '^src-main/', pathNot: '^src-main/(storage|base|shared)/' },
    ),
    forbid(
      'level-2-apart',
      'Level-2 folders never import each other; runtime.ts hands one what it needs of another.',
      { path: `^src-main/(${level2})/` },
      { path: `^src-main/(${level2}|api|electron|labelling)/|^src-main/[^/]+\\.ts$`, pathNot: '^src-main/$1/' },
    ),
    forbid(
      'historian-codec-is-low',
      'Bytes of chunks know nothing of files, writer and readers.',
      { path: '^src-main/historian/codec/' },
      { path: '^src-main/historian/(files|writer|reader|export)/' },
    ),
    forbid(
      'historian-files-below-writer-and-readers',
      'Files of history know neither who writes nor who reads.',
      { path: '^src-main/historian/files/' },
      { path: '^src-main/historian/(writer|reader|export)/' },
    ),
    forbid(
      'historian-writer-and-reader-apart',
      'Writer and readers meet in the files and in head-source.ts.',
      { path: '^src-main/historian/(writer|reader)/' },
      { path: '^src-main/historian/(writer|reader|export)/', pathNot: '^src-main/historian/$1/' },
    ),
    forbid(
      'alarm-engine-is-low',
      'The engine knows neither who keeps alarms nor who looks at them.',
      { path: '^src-main/alarms/engine/' },
      { path: '^src-main/alarms/(journal|reports|list)/' },
    ),
    forbid(
      'alarm-list-beside-journal-and-reports',
      'What is shown now knows nothing of the past.',
      { path: '^src-main/alarms/list/' },
      { path: '^src-main/alarms/(engine|journal|reports)/' },
    ),
    forbid(
      'alarm-reports-above-engine',
      'Reports are given their rows; the reader thread of the journal hosts them.',
      { path: '^src-main/alarms/reports/' },
      { path: '^src-main/alarms/(journal|list)/' },
    ),
    forbid(
      'alarm-journal-apart-from-engine-and-list',
      'The journal takes transitions, whoever makes them.',
      { path: '^src-main/alarms/journal/' },
      { path: '^src-main/alarms/(engine|list)/' },
    ),
    forbid(
      'identifier-schemes-are-pure',
      'Taking identifiers apart knows no database.',
      { path: '^src-main/identifiers/(schemes|gs1|epc)/' },
      { path: '^src-main/(identifiers/store|storage)/' },
    ),
    forbid(
      'label-drawing-is-pure',
      'What draws labels and reads them back knows neither queue nor printers.',
      { path: '^src-main/labels/(layout|render|symbols|decode|emit)/' },
      { path: '^src-main/(labels/(queue|printers|triggers)|storage)/' },
    ),
    forbid(
      'label-triggers-are-pure',
      'Triggers are given values and say what they see.',
      { path: '^src-main/labels/triggers/' },
      { path: '^src-main/(labels/(?!triggers)|storage)/' },
    ),
    forbid(
      'label-libraries-in-the-render-thread',
      'Bar codes, their decoder, fonts and PDF are loaded by the thread that draws.',
      { path: '^src-main/', pathNot: '^src-main/labels/' },
      { path: '^node_modules/(bwip-js|zxing-wasm|fontkit|pdfkit)/' },
    ),
    forbid(
      'printing-stays-in-the-label-thread',
      'The main thread never waits for a printer: queue, printers and scanners run in the label thread (types are free).',
      { path: '^src-main/(runtime|labelling/(station-[^/]+|label-orders|label-thread|label-board))\\.ts$' },
      {
        path: '^src-main/(labels/(queue|printers)|scanning|identifiers/store/identity-store)',
        dependencyTypesNot: ['type-only'],
      },
    ),
    forbid(
      'plant-source-is-low',
      'Files, places and YAML of a plant folder know nothing of what is written in them.',
      { path: '^src-main/plant/source/' },
      { path: '^src-main/plant/', pathNot: '^src-main/plant/source/' },
    ),
    forbid(
      'plant-tags-and-alarms-below-equipment',
      'A tag with its alarms is the same whether a file or a type writes it.',
      { path: '^src-main/plant/(tags|alarms|trends)/' },
      { path: '^src-main/plant/(equipment|displays|labels)/' },
    ),
    forbid(
      'plant-labels-beside-equipment',
      'Labels name equipment and displays show none of them: what labels need of equipment is handed over by the check.',
      { path: '^src-main/plant/labels/' },
      { path: '^src-main/plant/(equipment|displays|trends)/' },
    ),
    forbid(
      'plant-equipment-below-displays',
      'Equipment knows nothing of the displays it stands on, nor of labels.',
      { path: '^src-main/plant/(equipment|displays)/' },
      { path: '^src-main/plant/(displays|labels)/', pathNot: '^src-main/plant/$1/' },
    ),
    forbid(
      'api-is-level-3',
      'api/ translates; it does not import entries or Electron.',
      { path: '^src-main/api/' },
      { path: '^src-main/(electron|labelling)/|^src-main/[^/]+\\.ts$' },
    ),
    forbid(
      'electron-only-in-shell',
      'electron is imported only in electron/ and main.ts.',
      { path: '^src-main/', pathNot: '^src-main/(electron/|main\\.ts)' },
      { path: '^node_modules/electron/' },
    ),
    forbid(
      'sqlite-only-in-storage',
      'better-sqlite3 only in storage/.',
      { pathNot: '^(src-main/storage|test)/' },
      { path: '^node_modules/better-sqlite3/' },
    ),
    forbid(
      'protocol-library-at-home',
      'A protocol library only in its driver folder.',
      { path: '^src-main/', pathNot: '^src-main/drivers/(modbus|opcua|mqtt)/' },
      { path: '^node_modules/(modbus-serial|serialport|node-opcua[^/]*|mqtt|mqtt-packet|aedes|protobufjs)/' },
    ),
    forbid(
      'renderer-imports-only-shared',
      'A screen imports only shared/ of the runtime.',
      { path: '^src-renderer/' },
      { path: '^src-main/', pathNot: '^src-main/shared/' },
    ),
    forbid(
      'screens-apart',
      'Screens never import each other; App.svelte composes.',
      { path: `^src-renderer/(${screens})/` },
      { path: `^src-renderer/(${screens})/`, pathNot: '^src-renderer/$1/' },
    ),
    forbid(
      'mimic-drawing-is-low',
      'A drawing made safe knows nothing of values, marks and pointers.',
      { path: '^src-renderer/mimic/drawing/' },
      { path: '^src-renderer/mimic/(runtime|marks|view|editor)/' },
    ),
    forbid(
      'mimic-runtime-below-marks-and-view',
      'What computes bindings is handed who draws marks.',
      { path: '^src-renderer/mimic/runtime/' },
      { path: '^src-renderer/mimic/(marks|view|editor)/' },
    ),
    forbid(
      'mimic-below-its-editor',
      'The editor builds on the mimic, never the other way round.',
      { path: '^src-renderer/mimic/(marks|view|[^/]+$)' },
      { path: '^src-renderer/mimic/editor/' },
    ),
    forbid(
      'nothing-imports-test',
      'test/ may import anything; nothing imports test/.',
      { pathNot: '^test/' },
      { path: '^test/' },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.svelte', '.js', '.mjs'],
      exportsFields: ['exports'],
      conditionNames: ['svelte', 'import', 'types', 'node', 'default'],
    },
  },
}
