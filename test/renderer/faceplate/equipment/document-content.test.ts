import { describe, expect, it } from 'vitest'
import { documentView, fileNameOf, webLink } from '../../../../src-renderer/faceplate/equipment/document-content.ts'

const file = (mediaType: string, content: string) => ({
  file: 'types/manual.txt',
  mediaType,
  base64: btoa(String.fromCharCode(...new TextEncoder().encode(content))),
})

describe('documents of equipment', () => {
  it('are shown as text or picture where nothing in them can run', () => {
    expect(documentView(file('text/plain; charset=utf-8', 'Öl prüfen 油'))).toMatchObject({
      kind: 'text',
      text: 'Öl prüfen 油',
    })
    expect(documentView(file('image/png', '…')).kind).toBe('image')
    // As an image: scripts in it do not run.
    expect(documentView(file('image/svg+xml', '<svg><script>alert(1)</script></svg>')).kind).toBe('image')
  })

  it.each(['text/html', 'application/xhtml+xml', 'application/pdf', 'application/javascript', 'text/xml', ''])(
    '%s is a file to save, which the browser is not told to open',
    (mediaType) => {
      const view = documentView(file(mediaType, '<script>alert(1)</script>'))
      expect(view.kind).toBe('file')
      expect(view.content.type).toBe('application/octet-stream')
    },
  )

  it('lead to web pages only, never into a script', () => {
    expect(webLink('https://example.com/pump')?.host).toBe('example.com')
    for (const url of ['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'manual.pdf', '//x', ''])
      expect(webLink(url), url).toBeNull()
  })

  it('are saved under their own name', () => {
    expect(fileNameOf('libraries/standard/types/motor.pdf')).toBe('motor.pdf')
  })
})
