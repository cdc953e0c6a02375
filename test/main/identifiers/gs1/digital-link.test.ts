// Digital Links: what the standard's own tests and resolvers take for right, and links written and read again.
import { describe, expect, it } from 'vitest'
import { formatDigitalLink, readDigitalLink } from '../../../../src-main/identifiers/gs1/digital-link.ts'
import { readElements } from '../../../../src-main/identifiers/gs1/gs1-elements.ts'
import { elementFaults } from '../../../../src-main/identifiers/gs1/gs1-validity.ts'
import { parseIdentifier } from '../../../../src-main/identifiers/schemes/parse-identifier.ts'
import { MutatedLabels } from '../../../data/identifiers/mutated-labels.ts'

const strict = (text: string): boolean => parseIdentifier(text, { scheme: 'gs1-dl' }).valid

describe('links', () => {
  it.each([
    ['http://a.test/00/095212345678901235', true],
    ['HTTPS://A.TEST/00/095212345678901235', true],
    ['HtTps://a.test/00/095212345678901235', false],
    ['https://00/095212345678901235', false],
    ['https:///00/095212345678901235', false],
    ['https://a$/00/095212345678901235', false],
    ['https://a.test:8443/00/095212345678901235', true],
    ['https://[2001:db8::1]/00/095212345678901235', true],
    ['https://a.test/more/stem/00/095212345678901235', true],
    ['https://a.test/00/faux/00/095212345678901235', true],
    ['https://a.test/gtin/09521234543213', false],
    ['https://a.test/01/9521234543213', false],
    ['https://a.test/01/09521234543213/22/T/10/L/21/S', true],
    ['https://a.test/01/09521234543213/21/S/22/T', false],
    ['https://a.test/01/09521234543213/235/T', true],
    ['https://a.test/01/09521234543213/10/L/235/T', false],
    ['https://a.test/01/09521234543213?10=L', false],
    ['https://a.test/01/09521234543213/235/T?10=L', true],
    ['https://a.test/01/09521234543213?21=S', false],
    ['https://a.test/01/09521234543213/21/S?99=', false],
    ['https://a.test/01/09521234543213?99=ABC&999=x', false],
    ['https://a.test/01/09521234543213?&&99=ABC&&98=XYZ&&&word&a=b', true],
    ['https://a.test/01/09521234543213/22/ABC+123', true],
    ['https://a.test/01/09521234543213?99=ABC+123', false],
    ['https://a.test/01/09521234543213?99=ABC%2F123#x', true],
    ['https://a.test/01/09521234543213/21/a b', false],
    ['https://a.test/01/09521234543213/21/a%2', false],
    ['https://a.test/253/9521234567899TEST5678901234567', true],
    ['https://a.test/253/9521234567899TEST56789012345678', false],
    ['https://a.test/8018/095212345678901235/8019/123', true],
    ['https://a.test/414/9521234567899/254/32a%2Fb', true],
    ['https://a.test/414/9521234567899/7040/1ABC', true],
    ['https://a.test/8004/9521234567?01=09521234543213', true],
    ['https://a.test/8010/9521234AB%23/8011/12', true],
    ['https://a.test/01/09521234543213?17=271301', false],
    ['https://id.gs1.org/', false],
    ['https://id.gs1.org/01', false],
  ])('%s: %s', (text, valid) => expect(strict(text)).toBe(valid))
  it('percent-encoded values are decoded; the plus sign is a space in the query only', () => {
    const reading = readDigitalLink('https://a.test/01/09521234543213/21/A%2FB+C?99=a%26b+c')
    expect(reading?.elements.map(({ value }) => value)).toEqual(['09521234543213', 'A/B+C', 'a&b c'])
  })
  it('what is no attribute passes through', () => {
    expect(readDigitalLink('https://a.test/p/01/09521234543213?linkType=all&17=270101&x')).toMatchObject({
      stem: 'https://a.test/p',
      otherQueries: ['linkType=all', 'x'],
    })
  })
  it('a link without a key is the link of a name plate', () => {
    expect(parseIdentifier('https://a.test/machines/01/abc')).toMatchObject({ scheme: 'iec61406', valid: true })
  })
  it('2,000 labels come back from their link', () => {
    const labels = new MutatedLabels(11)
    let compared = 0
    for (let at = 0; at < 100_000 && compared < 2000; at++) {
      const { elements, faults } = readElements(labels.next())
      if (faults.length > 0 || elementFaults(elements).length > 0) continue
      let link: string
      try {
        link = formatDigitalLink(elements, 'https://id.example.com/x/')
      } catch (error) {
        expect(String(error)).toMatch(/neither behind|None of the application identifiers/)
        continue
      }
      const read = readDigitalLink(link)
      if (read?.faults.some((fault) => fault.includes('belongs in the path'))) continue
      expect(read?.faults, link).toEqual([])
      const sorted = (list: readonly { ai: string; value: string }[]) =>
        [...new Set(list.map(({ ai, value }) => `${ai}=${value}`))].sort()
      expect(sorted(read!.elements)).toEqual(sorted(elements))
      compared++
    }
    expect(compared).toBe(2000)
  })
})
