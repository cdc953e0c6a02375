// Drawings that try to run code, reach the network or draw without end; shared by the jsdom and the Chromium test.
import { svg } from './page-parts.ts'

/** Name → drawing → what has to be said about it. */
export const hostileDrawings: readonly (readonly [name: string, text: string, kind: string])[] = [
  ['a script', svg('<script>globalThis.hacked = 1</script>'), 'script'],
  [
    'a script in a namespace of its own',
    svg('<x:script xmlns:x="http://www.w3.org/1999/xhtml">globalThis.hacked = 1</x:script>'),
    'script',
  ],
  ['a script with an address', svg('<script href="http://evil.test/a.js"/>'), 'script'],
  ['onload on the root', svg('<rect/>', 'onload="globalThis.hacked = 1"'), 'eventHandler'],
  ['a handler in capitals', svg('<rect ONCLICK="globalThis.hacked = 1"/>'), 'eventHandler'],
  [
    'a javascript: address',
    svg('<image href="javascript:globalThis.hacked=1" width="9" height="9"/>'),
    'externalReference',
  ],
  ['a picture from elsewhere', svg('<image href="http://evil.test/a.png" width="9" height="9"/>'), 'externalReference'],
  ['a picture by xlink', svg('<image xlink:href="//evil.test/a.png" width="9" height="9"/>'), 'externalReference'],
  [
    'an SVG as data',
    svg('<image href="data:image/svg+xml;base64,PHN2Zy8+" width="9" height="9"/>'),
    'externalReference',
  ],
  ['use of a foreign file', svg('<use href="http://evil.test/a.svg#x"/>'), 'externalReference'],
  ['a paint from elsewhere', svg('<rect fill="url(http://evil.test/a.svg#p)"/>'), 'externalReference'],
  ['a paint from elsewhere in escapes', svg('<rect fill="\\75 rl(http://evil.test/a.svg#p)"/>'), 'externalReference'],
  ['a mask by image-set', svg('<rect mask="image-set(\'http://evil.test/a.png\' 1x)"/>'), 'externalReference'],
  ['a style that loads', svg('<rect style="fill:url(http://evil.test/a.svg#p)"/>'), 'externalReference'],
  [
    'an import',
    svg('<style>@import url("http://evil.test/a.css"); rect { fill: red }</style><rect/>'),
    'externalReference',
  ],
  [
    'a font',
    svg('<style>@font-face { font-family: x; src: url(http://evil.test/a.woff) }</style>'),
    'externalReference',
  ],
  ['a rule that loads', svg('<style>rect { fill: url(http://evil.test/a.svg#p) }</style><rect/>'), 'externalReference'],
  [
    'a rule that covers the page',
    svg('<style>rect { position: fixed; inset: 0; z-index: 9 }</style><rect/>'),
    'styleRule',
  ],
  [
    'a frame in foreignObject',
    svg('<foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" src="http://evil.test/"/></foreignObject>'),
    'foreignContent',
  ],
  [
    'HTML between shapes',
    svg('<img xmlns="http://www.w3.org/1999/xhtml" src="http://evil.test/a.png" onerror="globalThis.hacked = 1"/>'),
    'foreignContent',
  ],
  ['an animated address', svg('<image><set attributeName="href" to="http://evil.test/a.png"/></image>'), 'animation'],
  [
    'an animation',
    svg('<rect><animate attributeName="x" values="0;9" onbegin="globalThis.hacked = 1"/></rect>'),
    'animation',
  ],
  [
    'a filter with a foreign picture',
    svg('<filter id="f"><feImage href="http://evil.test/a.png"/></filter><rect filter="url(#f)"/>'),
    'filter',
  ],
  [
    'copies of copies',
    svg(
      `<defs><g id="c0"><rect/></g>${Array.from({ length: 9 }, (_, index) => `<g id="c${index + 1}">${`<use href="#c${index}"/>`.repeat(10)}</g>`).join('')}</defs><use href="#c9"/>`,
    ),
    'copies',
  ],
]

export const refusedDrawings: readonly (readonly [name: string, text: string, refusal: string])[] = [
  ['nothing', '  ', 'empty'],
  [
    'an entity bomb',
    `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>${svg('<text>&b;</text>')}`,
    'entities',
  ],
  [
    'an external entity',
    `<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>${svg('<text>&x;</text>')}`,
    'entities',
  ],
  ['text that is no XML', '<svg xmlns="http://www.w3.org/2000/svg"><rect></svg>', 'notXml'],
  ['an undeclared prefix', '<svg xmlns="http://www.w3.org/2000/svg"><rect ls:tag="A"/></svg>', 'notXml'],
  ['an HTML page', '<html xmlns="http://www.w3.org/1999/xhtml"><body/></html>', 'notSvg'],
  ['sixty thousand elements', svg('<rect/>'.repeat(60_000)), 'tooManyElements'],
  ['a thousand levels', svg(`${'<g>'.repeat(1000)}${'</g>'.repeat(1000)}`), 'tooDeep'],
  ['nine million characters', svg(`<!--${'x'.repeat(9_000_000)}-->`), 'tooLong'],
]
