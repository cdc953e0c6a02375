// What a display that begins with a file takes over of it.
import { expect, test } from 'vitest'
import { cleanedDrawing } from '../../../../../src-renderer/mimic/editor/document/foreign-parts.ts'

const file = `<?xml version="1.0"?>
<!-- from elsewhere -->
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9" onload="a()">
  <script>a()</script>
  <style>@import url(https://example.org/a.css);</style>
  <g   id='kept'><animate attributeName="x"/><rect x="1" fill="url(#shade)" onclick="b()"/></g>
  <image xlink:href="https://example.org/a.png"/>
  <use xlink:href="#kept"/>
</svg>
`

test('what runs, moves by itself or loads goes and is named; every other character stays', () => {
  const cleaned = cleanedDrawing(file)
  if (!cleaned.ok) throw new Error(cleaned.message)
  expect(cleaned.leftOut).toEqual([
    'onload',
    'script',
    'style',
    'animate',
    'onclick',
    'xlink:href="https://example.org/a.png"',
  ])
  expect(cleaned.document.text).toBe(`<?xml version="1.0"?>
<!-- from elsewhere -->
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">
  <g   id='kept'><rect x="1" fill="url(#shade)"/></g>
  <image/>
  <use xlink:href="#kept"/>
</svg>
`)
})

test('a file with nothing of the kind stays as it is; a text that is no drawing is refused with its place', () => {
  const plain = '<svg xmlns="http://www.w3.org/2000/svg">\n  <rect x="1"/>\n</svg>\n'
  expect(cleanedDrawing(plain)).toMatchObject({ ok: true, leftOut: [] })
  expect(cleanedDrawing('<svg><g></svg>')).toMatchObject({ ok: false, line: 1 })
})
