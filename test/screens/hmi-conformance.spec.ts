// Rows of the checklist of high-performance HMI that only a browser can show (docs/hmi-conformance.md): what an eye tells apart, what
// blinks, what is always in view, what a keyboard reaches, what is said where colours and movement are not wanted.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type BrowserContext, expect, type Locator, type Page } from '@playwright/test'
import { violationsOf } from './axe.ts'
import { calmMarks, giveQualities, raiseMarks, test } from './hmi-plant.ts'
import { settled } from './settled.ts'
import { smallTargets } from './small-targets.ts'
import { logIn } from './station.ts'

/** The screens of displays, types and drawing, besides a display itself. */
const newScreens = [
  '#/mimic/calm',
  '#/mimic/calm?equipment=Pump1',
  '#/displays',
  '#/displays/calm',
  '#/types',
  '#/types/pump',
  '#/editor',
  '#/editor/calm',
] as const
const otherScreens = [
  '#/alarms',
  '#/alarm-kpi?span=24h',
  '#/trend',
  '#/tags',
  '#/devices',
  '#/health',
  '#/audit',
] as const

async function open(page: Page, url: string, hash: string): Promise<void> {
  await page.goto(url + hash)
  await settled(page)
}

/** A page without any policy, to look at pictures of another one. */
async function lensOf(context: BrowserContext): Promise<Page> {
  const lens = await context.newPage()
  await lens.goto('about:blank')
  return lens
}

type Sight = 'grey' | 'deuteranopia'
type Look = readonly number[]

/** Width and height of a look. */
const points = 24

interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}
/** A picture of a page, and where on it what stands. */
interface Board {
  readonly picture: Buffer
  readonly boxes: ReadonlyMap<string, Box>
}

/** What an eye sees of each thing on a board: points × points, three channels each, 0 … 1. */
async function looksOf(lens: Page, { picture, boxes }: Board, sight: Sight): Promise<ReadonlyMap<string, Look>> {
  const looks = await lens.evaluate(
    async ([base64, parts, seenBy, size]) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
      const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
      const context = new OffscreenCanvas(size, size).getContext('2d')!
      context.imageSmoothingQuality = 'high'
      const linear = (share: number) => (share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4)
      const encoded = (light: number) => {
        const share = Math.min(1, Math.max(0, light))
        return share <= 0.0031308 ? share * 12.92 : 1.055 * share ** (1 / 2.4) - 0.055
      }
      return parts.map(({ x, y, width, height }) => {
        context.drawImage(bitmap, x, y, width, height, 0, 0, size, size)
        const { data } = context.getImageData(0, 0, size, size)
        const seen: number[] = []
        for (let at = 0; at < data.length; at += 4) {
          const [r, g, b] = [at, at + 1, at + 2].map((channel) => linear(data[channel]! / 255)) as [
            number,
            number,
            number,
          ]
          if (seenBy === 'grey') {
            const light = encoded(0.2126 * r + 0.7152 * g + 0.0722 * b)
            seen.push(light, light, light)
          }
          // Machado, Oliveira and Fernandes 2009, severity 1.
          else
            seen.push(
              encoded(0.367322 * r + 0.860646 * g - 0.227968 * b),
              encoded(0.280085 * r + 0.672501 * g + 0.047413 * b),
              encoded(-0.01182 * r + 0.04294 * g + 0.968881 * b),
            )
        }
        return seen
      })
    },
    [picture.toString('base64'), [...boxes.values()], sight, points] as const,
  )
  return new Map([...boxes.keys()].map((kind, index) => [kind, looks[index]!]))
}

/** Points that a template is shifted by, each way, to find where it fits best. */
const shift = 2

/** Likeness of two looks: 1 = the same but for brightness and contrast as a whole. */
function likeness(a: Look, b: Look): number {
  let best = -1
  for (let right = -shift; right <= shift; right++)
    for (let down = -shift; down <= shift; down++) best = Math.max(best, correlation(a, b, right, down))
  return best
}

function correlation(a: Look, b: Look, right: number, down: number): number {
  let [count, sumA, sumB, both, ofA, ofB] = [0, 0, 0, 0, 0, 0]
  for (let y = shift; y < points - shift; y++)
    for (let x = shift; x < points - shift; x++)
      for (let channel = 0; channel < 3; channel++) {
        const inA = a[(y * points + x) * 3 + channel]!
        const inB = b[((y + down) * points + x + right) * 3 + channel]!
        count++
        sumA += inA
        sumB += inB
        both += inA * inB
        ofA += inA * inA
        ofB += inB * inB
      }
  return (count * both - sumA * sumB) / Math.sqrt((count * ofA - sumA ** 2) * (count * ofB - sumB ** 2))
}

/** Each picture of `samples` is most like the template of its own kind, and clearly less like every other. */
function expectToldApart(
  templates: ReadonlyMap<string, Look>,
  samples: ReadonlyMap<string, Look>,
  where: string,
): void {
  for (const [kind, sample] of samples) {
    const own = likeness(sample, templates.get(kind)!)
    const others = [...templates]
      .filter(([other]) => other !== kind)
      .map(([other, template]) => [likeness(sample, template), other] as const)
    const [nearest, name] = others.reduce((most, one) => (one[0] > most[0] ? one : most))
    expect.soft(own, `${where}: ${kind} against its own template`).toBeGreaterThan(0.5)
    expect.soft(own - nearest, `${where}: ${kind} is not taken for ${name}`).toBeGreaterThan(0.02)
  }
}

/** A picture of the page and these elements on it, by kind. */
async function boardOf(
  page: Page,
  elements: readonly (readonly [string, Locator])[],
  frame: (box: Box) => Box = (box) => box,
): Promise<Board> {
  const boxes = new Map<string, Box>()
  for (const [kind, element] of elements) boxes.set(kind, frame((await element.boundingBox())!))
  return { picture: await page.screenshot(), boxes }
}

/** Around the shape of an alarm's mark: its ring, the bar below, and nothing of the value beside. */
function aroundMark({ x, y, width, height }: Box): Box {
  return { x: x + width / 2 - 12, y: y + height / 2 - 14, width: 24, height: 32 }
}

/** How many pixels of a picture have one of these colours, within what smoothing of edges does to them. */
async function pixelsOf(lens: Page, picture: Buffer, colours: readonly string[]): Promise<number> {
  return lens.evaluate(
    async ([base64, wanted]) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
      const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!
      context.drawImage(bitmap, 0, 0)
      const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height)
      const channels = wanted.map((colour) => colour.match(/\d+/g)!.slice(0, 3).map(Number))
      let count = 0
      for (let at = 0; at < data.length; at += 4)
        if (channels.some((colour) => colour.every((channel, index) => Math.abs(channel - data[at + index]!) <= 6)))
          count++
      return count
    },
    [picture.toString('base64'), colours] as const,
  )
}

/** Tokens of the theme as the browser computes them. */
async function tokens(page: Page, names: readonly string[]): Promise<readonly string[]> {
  return page.evaluate((wanted) => {
    const probe = document.body.appendChild(document.createElement('i'))
    const found = wanted.map((name) => {
      probe.style.color = `var(--${name})`
      return getComputedStyle(probe).color
    })
    probe.remove()
    return found
  }, names)
}

// Each of them looks at many screens.
test.setTimeout(180_000)

test.beforeEach(async ({ hmi }) => {
  await calmMarks(hmi)
})

for (const colorScheme of ['light', 'dark'] as const)
  test.describe(`in the ${colorScheme} theme`, () => {
    test.use({ colorScheme })

    test('a display on which all is normal has no pixel of an alarm colour, and one alarm gives it some (H7)', async ({
      page,
      hmi,
      context,
    }) => {
      await page.emulateMedia({ reducedMotion: 'reduce', colorScheme })
      await logIn(page, hmi, 'operator', '#/mimic/calm')
      await settled(page)
      const lens = await lensOf(context)
      const colours = await tokens(page, ['alarm-urgent', 'alarm-high', 'alarm-medium', 'alarm-low', 'bad'])
      const host = page.locator('.mimic .host')
      await expect(page.locator('.mimic-drawing .ls-value').first()).toHaveText('50.0')
      expect(await pixelsOf(lens, await host.screenshot(), colours)).toBe(0)
      await hmi.process.call('tags.write', { tag: 'Calm.Level', value: 95 })
      await expect(page.locator('.mimic-drawing .ls-alarm').first()).toBeVisible()
      expect(await pixelsOf(lens, await host.screenshot(), colours)).toBeGreaterThan(50)
    })

    test('every mark of an alarm is told from every other in grey and with deuteranopia (H9)', async ({
      page,
      hmi,
      context,
    }) => {
      await page.emulateMedia({ reducedMotion: 'reduce', colorScheme })
      await raiseMarks(hmi)
      await logIn(page, hmi, 'operator', '#/mimic/marks')
      await expect(page.locator('.mimic-drawing .ls-alarm')).toHaveCount(16)
      const kindOf = (name: string) => /\. (?:(\w+), )?([^:]+):/.exec(name)!
      const marks = await Promise.all(
        (await page.locator('.mimic-drawing .ls-alarm').all()).map(async (mark) => {
          const [, priority, state] = kindOf((await mark.getAttribute('aria-label'))!)
          return [`${priority}, ${state}`, mark.locator('.ls-alarm-shape, .ls-alarm-frame')] as const
        }),
      )
      expect(new Set(marks.map(([kind]) => kind)).size).toBe(16)
      const lens = await lensOf(context)
      const templates = await boardOf(page, marks, aroundMark)
      await page.getByRole('button', { name: 'Zoom in' }).click()
      await page.waitForTimeout(400)
      const samples = await boardOf(page, marks, aroundMark)
      for (const sight of ['grey', 'deuteranopia'] as const)
        expectToldApart(await looksOf(lens, templates, sight), await looksOf(lens, samples, sight), sight)
    })

    test('every quality of a value is told from every other in grey and with deuteranopia, on displays and in lists (H13)', async ({
      page,
      hmi,
      context,
    }) => {
      await page.emulateMedia({ reducedMotion: 'reduce', colorScheme })
      await giveQualities(page)
      await logIn(page, hmi, 'operator', '#/mimic/quality')
      const lens = await lensOf(context)
      await expect(page.locator('.mimic-drawing .ls-mark')).toHaveCount(6)
      const signs = ['bad', 'waiting', 'outOfRange', 'uncertain', 'substituted', 'manual'].map(
        (state) => [state, page.locator(`.ls-mark-${state} .ls-mark-sign`)] as const,
      )
      const onDisplay = await boardOf(page, signs)
      await page.getByRole('button', { name: 'Zoom in' }).click()
      await page.waitForTimeout(400)
      const nearer = await boardOf(page, signs)
      await page.goto(`${hmi.url}#/tags/Quality.`)
      const values = signs.map(
        ([state]) => [state, page.locator(`button.tag-text.${state}[data-tag="Quality.${state}"] .mark`)] as const,
      )
      for (const [, value] of values) await expect(value).toBeVisible()
      const good = page.locator('button.tag-text.good[data-tag="Quality.good"]')
      await expect(good).toContainText('42.0')
      await expect(good.locator('.mark')).toHaveCount(0)
      const inList = await boardOf(page, values)
      // A wall of 4K shows the same half as large again.
      await page.setViewportSize({ width: 2560, height: 1440 })
      await page.waitForTimeout(400)
      const larger = await boardOf(page, values)
      for (const sight of ['grey', 'deuteranopia'] as const) {
        expectToldApart(await looksOf(lens, onDisplay, sight), await looksOf(lens, nearer, sight), `display, ${sight}`)
        expectToldApart(await looksOf(lens, inList, sight), await looksOf(lens, larger, sight), `list, ${sight}`)
      }
    })
  })

test('nothing moves but marks of unacknowledged alarms: below 3 Hz, in one beat on all screens and windows, and their number stays readable (H11)', {
  tag: '@alone',
}, async ({ page, hmi, context }) => {
  await raiseMarks(hmi)
  await logIn(page, hmi, 'administrator', '#/mimic/marks')
  await expect(page.locator('.mimic-drawing .ls-alarm')).toHaveCount(16)
  const beats = await page.evaluate(async () => {
    const looks = new Map<string, string>()
    const changes: { frame: number; part: string; at: number; isReadable: boolean }[] = []
    const begin = performance.now()
    for (let frame = 0; performance.now() - begin < 5000; frame++) {
      await new Promise(requestAnimationFrame)
      for (const [index, mark] of [...document.querySelectorAll('.ls-alarm, .banner .alarm-mark')].entries()) {
        const style = (part: string) => {
          const element = mark.querySelector(part)
          return element === null ? null : getComputedStyle(element)
        }
        const shape = style('.ls-alarm-shape, .shape')
        const ink = style('text')
        const ring = style('.ls-alarm-ring, .ring')
        const isRinged = ring !== null
        const look = `${shape?.fill} ${ring?.stroke}`
        const part = `${index} ${isRinged ? 'ringed' : 'still'}`
        if (looks.has(part) && looks.get(part) !== look)
          changes.push({ frame, part, at: performance.now(), isReadable: ink?.fill !== shape?.fill })
        looks.set(part, look)
      }
    }
    return { changes, parts: [...looks.keys()] }
  })
  expect(beats.parts.filter((part) => part.endsWith('ringed')).length).toBeGreaterThan(8)
  expect(beats.parts.filter((part) => part.endsWith('still')).length).toBeGreaterThan(3)
  const moved = new Set(beats.changes.map(({ part }) => part))
  expect([...moved].filter((part) => part.endsWith('still'))).toEqual([])
  expect(moved.size).toBe(beats.parts.filter((part) => part.endsWith('ringed')).length)
  expect(beats.changes.every(({ isReadable }) => isReadable)).toBe(true)
  // In phase: every change of one beat is in one frame. Two changes are one flash.
  const frames = [...new Set(beats.changes.map(({ frame }) => frame))]
  for (const frame of frames) expect(beats.changes.filter((change) => change.frame === frame)).toHaveLength(moved.size)
  expect(frames.length).toBeGreaterThan(3)
  expect(frames.length / 2 / 5).toBeLessThan(3)

  const times = (one: Page) =>
    one.evaluate(
      () =>
        new Promise<number[]>((resolve) => {
          const seen: number[] = []
          const observer = new MutationObserver(() => {
            seen.push(Date.now())
            if (seen.length < 8) return
            observer.disconnect()
            resolve(seen)
          })
          observer.observe(document.documentElement, { attributeFilter: ['data-blink'] })
        }),
    )
  const beside = await context.newPage()
  await open(beside, hmi.url, '#/alarms')
  const [here, there] = await Promise.all([times(page), times(beside)])
  // Each page begins to look when it can: what one saw before the other began or after it ended says nothing.
  const together = here.filter((beat) => beat >= there[0]! - 150 && beat <= there.at(-1)! + 150)
  expect(together.length).toBeGreaterThan(2)
  for (const beat of together) expect(Math.min(...there.map((at) => Math.abs(at - beat)))).toBeLessThan(150)
  await beside.close()

  for (const hash of [...newScreens, ...otherScreens]) {
    await open(page, hmi.url, hash)
    const moving = await page.evaluate(() =>
      document.getAnimations().map((animation) => (animation as CSSAnimation).animationName ?? animation.id),
    )
    expect.soft(moving, hash).toEqual([])
  }
  await open(page, hmi.url, '#/mimic/calm?show=Calm.Level')
  await expect(page.locator('.ls-found')).toBeVisible()
  expect(await page.evaluate(() => document.getAnimations().length)).toBe(0)
})

test('with forced colours alone marks on displays stand still, with a heavier ring (H45)', async ({ page, hmi }) => {
  await raiseMarks(hmi)
  await page.emulateMedia({ forcedColors: 'active' })
  await logIn(page, hmi, 'operator', '#/mimic/marks')
  const mark = page.locator('.ls-alarm-ringed').first()
  await expect(mark).toBeVisible()
  const looks = new Set<string>()
  for (let turn = 0; turn < 14; turn++) {
    looks.add(
      await mark.evaluate((element) => {
        const style = (part: string) => getComputedStyle(element.querySelector(part)!)
        return `${style('.ls-alarm-shape').fill} ${style('.ls-alarm-ring').stroke} ${style('.ls-alarm-ring').strokeWidth}`
      }),
    )
    await page.waitForTimeout(150)
  }
  expect([...looks]).toHaveLength(1)
  expect([...looks][0]).toMatch(/ 2\.4px$/)
})

test('any display and screen is at most three actions away from any other (H22)', async ({ page, hmi }) => {
  await page.setViewportSize({ width: 1024, height: 768 })
  await logIn(page, hmi, 'administrator', '#/mimic/overview')
  const { mimics } = await hmi.process.call('plant.info', {})
  const goals = mimics.map(({ name }) => `#/mimic/${name}`)
  for (const hash of [...goals, ...newScreens, ...otherScreens]) {
    await open(page, hmi.url, hash)
    // One action opens the list where it is closed, the second goes there.
    const menu = page.getByRole('button', { name: 'Menu' })
    if ((await menu.getAttribute('aria-expanded')) === 'false') await menu.click()
    const links = await page.locator('#navigation a').evaluateAll((all) => all.map((link) => link.getAttribute('href')))
    for (const goal of [...goals, '#/displays', '#/types', '#/editor', '#/alarms', '#/trend'])
      expect.soft(links, `${hash} → ${goal}`).toContain(goal)
  }
})

test('banner, user, time and connection are in view on every screen, at every size, with a faceplate too (H24)', async ({
  page,
  hmi,
}) => {
  await logIn(page, hmi, 'administrator')
  for (const size of [
    { width: 1280, height: 800 },
    { width: 1024, height: 600 },
  ]) {
    await page.setViewportSize(size)
    for (const hash of [...newScreens, ...otherScreens]) {
      await open(page, hmi.url, hash)
      const hidden = await page.evaluate(() => {
        const always: Readonly<Record<string, string>> = {
          banner: 'section.banner',
          time: 'header time',
          user: 'header .user',
          connection: 'header .state',
        }
        return Object.entries(always).flatMap(([name, selector]) => {
          const element = document.querySelector(selector)
          if (element === null) return [`${name} is not there`]
          const { left, top, right, bottom, width, height } = element.getBoundingClientRect()
          if (left < 0 || top < 0 || right > innerWidth + 1 || bottom > innerHeight || width * height === 0)
            return [`${name} is out of view`]
          const onTop = document.elementFromPoint(left + width / 2, top + height / 2)
          return element.contains(onTop) || onTop?.contains(element) ? [] : [`${name} is covered`]
        })
      })
      expect.soft(hidden, `${hash} at ${size.width} × ${size.height}`).toEqual([])
    }
  }
})

test('the Tab key reaches the end of every new screen and of a faceplate: no trap (H39, H40)', async ({
  page,
  hmi,
}) => {
  await logIn(page, hmi, 'administrator')
  for (const hash of newScreens) {
    await open(page, hmi.url, hash)
    await page.locator('.skip').focus()
    let stops = 0
    for (; stops < 500; stops++) {
      await page.keyboard.press('Tab')
      const isOut = await page.evaluate(
        () => document.activeElement === document.body || document.activeElement?.matches('.skip') === true,
      )
      if (isOut) break
    }
    expect.soft(stops, `${hash}: stops until the page is left`).toBeLessThan(500)
    expect.soft(stops, `${hash}: stops`).toBeGreaterThan(15)
  }
  // Drawing: Tab goes from thing to thing while one is selected, Escape lets go, then Tab leaves.
  await open(page, hmi.url, '#/editor/calm')
  const canvas = page.getByRole('group', { name: /^Drawing\. Tab/ })
  await canvas.focus()
  for (const key of ['.', 'Tab', 'Tab', 'Escape']) await page.keyboard.press(key)
  await expect(canvas).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(canvas).not.toBeFocused()
})

test('Escape closes every dialog and panel of the new screens, and focus returns to what opened it (H40)', async ({
  page,
  hmi,
}) => {
  await logIn(page, hmi, 'administrator')
  const openers = [
    ['#/mimic/calm', page.getByRole('button', { name: 'Windows' }), 'dialog'],
    ['#/mimic/calm', page.getByRole('button', { name: 'Layers' }), 'panel'],
    ['#/displays', page.getByRole('button', { name: 'Delete …: Overview' }), 'dialog'],
    ['#/editor/calm', page.getByRole('button', { name: /^Keys/ }), 'dialog'],
    ['#/editor/calm', page.getByRole('button', { name: /^Find and replace tags/ }), 'dialog'],
    ['#/editor/calm', page.getByRole('button', { name: /^New equipment/ }), 'dialog'],
  ] as const
  for (const [hash, opener, kind] of openers) {
    await open(page, hmi.url, hash)
    await opener.focus()
    await page.keyboard.press('Enter')
    if (kind === 'dialog') {
      const dialog = page.getByRole('dialog')
      await expect(dialog).toBeVisible()
      const banner = (await page.locator('section.banner').boundingBox())!
      expect((await dialog.boundingBox())!.y).toBeGreaterThanOrEqual(banner.y + banner.height - 1)
      expect(await page.evaluate(() => document.activeElement?.closest('dialog') !== null)).toBe(true)
      await page.keyboard.press('Escape')
      await expect(dialog).toHaveCount(0)
    } else {
      const panel = page.getByRole('region', { name: 'Layers of this display' })
      await expect(panel).toBeVisible()
      await panel.getByRole('checkbox').first().focus()
      await page.keyboard.press('Escape')
      await expect(panel).toHaveCount(0)
    }
    await expect(opener).toBeFocused()
  }
})

for (const [locale, colorScheme] of [
  ['en-GB', 'light'],
  ['zh-CN', 'dark'],
] as const)
  test.describe(`${locale}, ${colorScheme}`, () => {
    test.use({ locale, colorScheme })

    test('dialogs and panels of the new screens: no violations, targets of 44 px', async ({ page, hmi }) => {
      await logIn(page, hmi, 'administrator')
      const drawing = page.locator('.middle [role=group]').first()
      const openings: readonly (readonly [string, string, () => Promise<void>])[] = [
        ['windows', '#/mimic/calm', () => page.locator('header button[aria-haspopup=dialog]').first().click()],
        ['layers', '#/mimic/calm', () => page.getByRole('button', { name: /^(Layers|图层)$/ }).click()],
        [
          'deleting a display',
          '#/displays',
          () =>
            page
              .getByRole('button', { name: /^(Delete …|删除)/ })
              .first()
              .click(),
        ],
        ['new equipment', '#/editor/calm', () => page.getByRole('button', { name: /^(New equipment|新设备)/ }).click()],
        ['find', '#/editor/calm', () => page.keyboard.press('Control+f')],
        [
          'keys',
          '#/editor/calm',
          async () => {
            await drawing.focus()
            await page.keyboard.press('?')
          },
        ],
        [
          'something selected',
          '#/editor/calm',
          async () => {
            await drawing.focus()
            await page.keyboard.press('.')
          },
        ],
      ]
      let shown = ''
      for (const [name, hash, act] of openings) {
        if (hash !== shown) await open(page, hmi.url, hash)
        shown = hash
        await act()
        await page.waitForTimeout(400)
        expect.soft(await violationsOf(page), name).toEqual([])
        expect.soft(await smallTargets(page), name).toEqual([])
        await page.keyboard.press('Escape')
        if (name === 'layers') shown = ''
      }
    })
  })

test('what a pointer drags, keys do too; a press that is moved away does nothing (H42)', async ({ page, hmi }) => {
  const before = readFileSync(join(hmi.plantFolder, 'mimics/calm.svg'), 'utf8')
  await logIn(page, hmi, 'engineer', '#/editor/calm')
  await settled(page)
  const canvas = page.getByRole('group', { name: /^Drawing\. Tab/ })
  await canvas.focus()
  for (const key of ['.', 'ArrowRight', 'ArrowDown', 'Control+s']) await page.keyboard.press(key)
  const file = () => readFileSync(join(hmi.plantFolder, 'mimics/calm.svg'), 'utf8')
  await expect.poll(file).not.toBe(before)
  await page.keyboard.press('Control+z')
  await page.keyboard.press('Control+z')
  await page.keyboard.press('Control+s')
  await expect.poll(file).toBe(before)
  // The editor has heard of it too: there is nothing left that leaving would lose.
  await settled(page)

  await open(page, hmi.url, '#/mimic/calm')
  const way = page.locator('.mimic-drawing').getByRole('button', { name: /Mixing/ })
  const box = (await way.boundingBox())!
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  await page.mouse.down()
  await expect(page).toHaveURL(/#\/mimic\/calm$/)
  await page.mouse.move(box.x + box.width / 2, box.y - 200, { steps: 5 })
  await page.mouse.up()
  await page.waitForTimeout(300)
  await expect(page).toHaveURL(/#\/mimic\/calm$/)
  await page.getByRole('button', { name: 'Fit to screen' }).click()
  await way.click()
  await expect(page).toHaveURL(/#\/mimic\/mixing/)
})

test('every control of the new screens has a name and a role, symbols of a display too (H43)', async ({
  page,
  hmi,
}) => {
  await logIn(page, hmi, 'administrator')
  for (const hash of newScreens) {
    await open(page, hmi.url, hash)
    // Chromium's own accessibility tree: a line like `- button` without a name would be one without words.
    const tree = await page.locator('#main').ariaSnapshot()
    const nameless = /^\s*- (?:button|link|textbox|checkbox|combobox|tab|img)(?: \[.*)?:?(?: .*)?$/
    expect
      .soft(
        tree.split('\n').filter((line) => nameless.test(line) && !line.includes(' "')),
        hash,
      )
      .toEqual([])
  }
  await open(page, hmi.url, '#/mimic/calm')
  const tree = await page.locator('.mimic-drawing').ariaSnapshot()
  expect(tree).toMatch(/button "[^"]*Pump/)
  expect(tree).toMatch(/button "[^"]*Mixing/)
})

test('texts may be spaced as WCAG 1.4.12 says, and enlarged to 200 %, without loss (H44)', async ({ page, hmi }) => {
  await logIn(page, hmi, 'administrator')
  for (const size of [
    { width: 1280, height: 800 },
    { width: 683, height: 384 },
  ]) {
    await page.setViewportSize(size)
    for (const hash of newScreens) {
      await open(page, hmi.url, hash)
      const lost = await page.evaluate(() => {
        const sheet = new CSSStyleSheet()
        sheet.replaceSync(
          '* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-block-end: 2em !important }',
        )
        document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]
        const overflow = document.documentElement.scrollWidth - innerWidth
        // A control whose words do not fit into it cuts them off, unless they scroll or end in an ellipsis with the whole in reach.
        const cut = [
          ...document.querySelectorAll<HTMLElement>('#main :is(button, a, label, th, h1, h2):not(.visually-hidden)'),
        ]
          .filter((element) => element.scrollWidth > element.clientWidth + 2 && element.clientWidth > 0)
          .filter((element) => {
            const { overflowX, display } = getComputedStyle(element)
            return display !== 'inline' && (overflowX === 'hidden' || overflowX === 'clip') && element.title === ''
          })
          .map((element) => element.outerHTML.slice(0, 100))
        return [...(overflow > 0 ? [`${overflow} px beyond the page`] : []), ...cut]
      })
      expect.soft(lost, `${hash} at ${size.width} × ${size.height}`).toEqual([])
    }
  }
})

test('reduced motion, forced colours and more contrast are respected on the new screens (H45)', async ({
  page,
  hmi,
}) => {
  await logIn(page, hmi, 'administrator')
  for (const hash of newScreens) {
    await page.emulateMedia({ contrast: 'more', forcedColors: 'none', reducedMotion: 'no-preference' })
    await open(page, hmi.url, hash)
    expect.soft(await violationsOf(page, { rules: ['color-contrast'] }), `more contrast: ${hash}`).toEqual([])
    await page.emulateMedia({ contrast: 'no-preference', forcedColors: 'active', reducedMotion: 'reduce' })
    await page.keyboard.press('Tab')
    const focus = await page.evaluate(() => {
      const style = getComputedStyle(document.activeElement ?? document.body)
      return { style: style.outlineStyle, width: Number.parseFloat(style.outlineWidth) }
    })
    expect.soft(focus.style, `forced colours: ${hash}`).not.toBe('none')
    expect.soft(focus.width, `forced colours: ${hash}`).toBeGreaterThanOrEqual(2)
    expect.soft(await page.evaluate(() => document.getAnimations().length), `reduced motion: ${hash}`).toBe(0)
  }
  await page.emulateMedia({ contrast: 'more', forcedColors: 'none' })
  expect(await tokens(page, ['text', 'ground'])).toEqual(['rgb(0, 0, 0)', 'rgb(255, 255, 255)'])
})

test('a capital on a display is as high as an eye needs at 0.7 m, on a panel of 15 inches (H47)', async ({
  page,
  hmi,
}) => {
  await page.setViewportSize({ width: 1920, height: 1080 })
  await logIn(page, hmi, 'operator', '#/mimic/calm')
  await settled(page)
  await page.getByRole('button', { name: 'Menu' }).click()
  await page.waitForTimeout(300)
  const sizes = await page.evaluate(() => {
    const drawing = document.querySelector<SVGSVGElement>('svg.mimic-drawing')!
    const scale = drawing.getScreenCTM()!.a
    return [...drawing.querySelectorAll('text')]
      .filter((text) => text.textContent?.trim() !== '' && text.closest('.ls-alarms, .ls-marks') === null)
      .map((text) => {
        const own = (text as SVGTextElement).getScreenCTM()!
        return Number.parseFloat(getComputedStyle(text).fontSize) * Math.hypot(own.a, own.b)
      })
      .map((px) => [px, scale] as const)
  })
  // 15.6 inches with 1920 px across 345 mm; a capital is 0.7 of the size of its font.
  const millimetres = sizes.map(([px]) => px * 0.7 * (345 / 1920))
  expect(millimetres.length).toBeGreaterThan(3)
  // The drawing is a page of the style guide: labels of 24 in 1600. Words in symbols may be smaller: they repeat what the faceplate says.
  expect(millimetres.filter((height) => height >= 2.9).length).toBeGreaterThanOrEqual(5)
})

test('the language changes at run time, in alarms, displays and screens that are open (H48)', async ({ page, hmi }) => {
  await hmi.process.call('tags.write', { tag: 'Calm.Level', value: 95 })
  await logIn(page, hmi, 'engineer', '#/mimic/overview')
  await expect(page.locator('section.banner')).toContainText('Level 95.0 % too high')
  await page.getByRole('button', { name: /^User and settings/ }).click()
  await page.getByRole('button', { name: '简体中文' }).click()
  await page.keyboard.press('Escape')
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN')
  await expect(page.locator('section.banner')).toContainText('液位 95.0 % 过高')
  await expect(page.locator('#navigation')).toContainText('配料')
  for (const hash of ['#/displays', '#/types', '#/editor']) {
    await open(page, hmi.url, hash)
    await expect(page.locator('#main')).toContainText(/[\u4e00-\u9fff]{3}/)
  }
})

test('the next shift finds the display and faceplate of the last one (H49)', async ({ page, hmi }) => {
  await logIn(page, hmi, 'operator', '#/mimic/calm?equipment=Pump1')
  await expect(page.getByRole('complementary', { name: /Pump1/ })).toBeVisible()
  await page.getByRole('button', { name: /^User and settings/ }).click()
  await page.getByRole('button', { name: 'Log out' }).click()
  await page.locator('input[name=user]').waitFor()
  await page.locator('input[name=user]').fill('engineer')
  await page.locator('input[name=password]').fill('correct horse battery staple')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('complementary', { name: /Pump1/ })).toBeVisible()
  await expect(page).toHaveURL(/#\/mimic\/calm\?equipment=Pump1/)
  await expect(page.getByRole('button', { name: 'User and settings: engineer' })).toBeVisible()
})

test('without a link every value of a display is dimmed, hatched and said to be old, and the banner gives the age (H50)', async ({
  page,
  hmi,
}) => {
  await logIn(page, hmi, 'operator', '#/mimic/calm')
  await settled(page)
  hmi.process.child.kill('SIGSTOP')
  try {
    await expect(page.getByText('DATA NOT LIVE')).toBeVisible({ timeout: 5000 })
    await expect(page.locator('.mimic .hatch')).toBeVisible()
    const opacities = await page
      .locator('.mimic-drawing text[data-bound]')
      .evaluateAll((texts) => texts.map((text) => Number(getComputedStyle(text).opacity)))
    expect(opacities.length).toBeGreaterThan(1)
    expect(Math.max(...opacities)).toBeLessThanOrEqual(0.5)
    await expect(page.getByRole('alert').filter({ hasText: 'DATA NOT LIVE' })).toContainText(/\d+ s/)
  } finally {
    hmi.process.child.kill('SIGCONT')
  }
  await expect(page.getByText('DATA NOT LIVE')).toHaveCount(0)
})

test('a display on paper is light and alone, with its title and the time, on one page; a trend is light too (H51)', async ({
  page,
  hmi,
}) => {
  await page.emulateMedia({ colorScheme: 'dark' })
  await logIn(page, hmi, 'operator', '#/mimic/calm')
  await expect(page.locator('.mimic-drawing .ls-value').first()).toHaveText('50.0')
  const pdf = await page.pdf({ preferCSSPageSize: true })
  expect(pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)).toHaveLength(1)
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
  expect(await tokens(page, ['ground', 'text'])).toEqual(['rgb(255, 255, 255)', 'rgb(26, 26, 26)'])
  await expect(page.locator('header')).toBeHidden()
  await expect(page.locator('#navigation')).toBeHidden()
  await expect(page.getByRole('button', { name: 'Zoom in' })).toBeHidden()
  await expect(page.locator('.mimic-drawing')).toBeVisible()
  const caption = page.locator('.mimic .paper')
  await expect(caption).toContainText('calm')
  await expect(caption).toContainText(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/)

  // A trend too: the page around it, and the chart in the colours of light paper.
  await page.emulateMedia({ media: 'screen', colorScheme: 'dark' })
  await open(page, hmi.url, '#/trend?pens=Line.Speed&span=60000')
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
  expect(await tokens(page, ['text'])).toEqual(['rgb(26, 26, 26)'])
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(218, 218, 218)')
})
