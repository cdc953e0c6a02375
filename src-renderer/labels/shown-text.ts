// Texts of labels as a person can read them: what a scanner sends between the characters is made visible.

const pictures = 0x2400
const deletePicture = '\u2421'

/** Control characters (as the group separator of GS1) as their pictures: `10AB␝21X`. */
export function shownText(text: string): string {
  return Array.from(text, (character) => {
    const code = character.charCodeAt(0)
    if (code === 0x7f) return deletePicture
    return code < 0x20 ? String.fromCharCode(pictures + code) : character
  }).join('')
}
