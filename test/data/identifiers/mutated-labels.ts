// Bracketed element strings made of all AIs, with values that fit or nearly, and changed by chance.
import { applicationIdentifiers, type ValuePart } from '../../../src-main/identifiers/gs1/application-identifiers.ts'
import { checkCharacter } from '../../../src-main/identifiers/schemes/check-character.ts'

const characters = { n: '0123456789', x: 'ABCxyz019-/_.%&+,:;=?!"*<>', y: 'ABZ09-/#', z: 'AZaz09-_' }
const changes = '0123456789ABCabcZz()-/ _.,%$#@^~"<>=+?*!&é'
const keys = [
  '(01)09521234543213',
  '(00)095212345678901235',
  '(01)09521234543213(21)SN1',
  '(8006)095212345432130102(21)X',
  '(02)09521234543213(37)24(00)095212345678901235',
  '(414)9521234567899',
  '(8018)095212345678901235',
  '(415)9521234567899(8020)REF1',
  '(255)9521234567899',
  '(8010)9521AB(8011)12',
  '(8003)09521234543213SER1',
]
/** Values of parts that few by chance would keep. */
const samples: Readonly<Record<string, string>> = {
  date8: '19800131',
  hourMinute: '1230',
  hour: '12',
  minute: '30',
  second: '30',
  country: '156',
  country999: '156',
  countryLetters: 'CN',
  currency: '156',
  pieceOfTotal: '0102',
  zero: '0',
  winding: '1',
  minus: '-',
  yesNo: '1',
  mediaType: '01',
  sex: '1',
  packageType: 'BX',
  birthSequence: '1/2',
  iban: 'DE89370400440532013000',
}

/** Labels without end, the same ones for the same seed. */
export class MutatedLabels {
  #state: number

  constructor(seed: number) {
    this.#state = seed
  }

  next(): string {
    const text = this.#label()
    if (this.#below(3) === 0) return text
    const at = 1 + this.#below(text.length - 1)
    switch (this.#below(5)) {
      case 0:
        return text.slice(0, at) + this.#pick(changes) + text.slice(at + 1)
      case 1:
        return text.slice(0, at) + text.slice(at + 1)
      case 2:
        return text.slice(0, at) + this.#pick(changes) + text.slice(at)
      case 3:
        return text.slice(0, at) + (text[at + 1] ?? '') + text[at] + text.slice(at + 2)
      default:
        return text.slice(0, at) + this.#pick('0123456789') + text.slice(at + 1)
    }
  }

  #label(): string {
    let text = keys[this.#below(keys.length)]!
    const ais = applicationIdentifiers()
    for (let more = this.#below(3); more > 0; more--) {
      const { ai, parts } = ais[this.#below(ais.length)]!
      text += `(${ai})${parts.map((part) => this.#value(part)).join('')}`
    }
    return text
  }

  #value(part: ValuePart): string {
    if (part.isOptional && this.#below(3) === 0) return ''
    const length = part.least === part.most ? part.most : 1 + this.#below(Math.min(part.most, 12))
    let value = ''
    while (value.length < length) value += this.#pick(characters[part.characters])
    for (const check of part.checks) {
      value = samples[check] ?? value
      if (check.startsWith('date') && check !== 'date8') value = `27${this.#oneOf(['01', '02', '12'])}${this.#oneOf(['00', '01', '28'])}`
      if (check === 'prefix') value = `9521${value.slice(4)}`
      if (check === 'prefix2') value = `${value[0]}9521${value.slice(5)}`
      if (check === 'latitude' || check === 'longitude') value = `0${value.slice(1)}`
      if (check === 'noLeadingZero') value = value.replace(/^0/, '1')
    }
    return part.checks.includes('check') ? value.slice(0, -1) + checkCharacter('mod10', value.slice(0, -1)) : value
  }

  #oneOf(texts: readonly string[]): string {
    return texts[this.#below(texts.length)]!
  }

  #pick(text: string): string {
    return text[this.#below(text.length)]!
  }

  #below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * limit)
  }
}
