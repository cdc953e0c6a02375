// North American coupon codes of AI (8110) and positive offer files of AI (8112): fields whose length stands in the digit before them.

/** Why the digits of AI (8112) are wrong, as the end of a sentence; null = they are right. */
export function couponOfferFault(value: string): string | null {
  const fields = new CouponFields(value)
  return fields.readAll(() => {
    fields.digit('the data format', 0, 1)
    fields.counted('the company prefix of the coupon funder', 0, 6, 6)
    fields.fixed('the offer code', 6)
    fields.counted('the serial number', 0, 9, 6)
    if (!fields.isAtEnd) throw new CouponFault('has digits behind its serial number')
  })
}

/** Why the digits of AI (8110) are wrong, as the end of a sentence; null = they are right. */
export function couponFault(value: string): string | null {
  const fields = new CouponFields(value)
  return fields.readAll(() => {
    fields.prefix('the primary company prefix', 6)
    fields.fixed('the offer code', 6)
    fields.counted('the save value', 1, 5, 0)
    purchase(fields, 'the first purchase')
    let expiry: string | null = null
    let start: string | null = null
    if (fields.option('1')) {
      fields.digit('the rule for more purchases', 0, 3)
      purchase(fields, 'the second purchase')
      fields.prefix('the company prefix of the second purchase', 6, true)
    }
    if (fields.option('2')) {
      purchase(fields, 'the third purchase')
      fields.prefix('the company prefix of the third purchase', 6, true)
    }
    if (fields.option('3')) expiry = fields.date('the expiry date')
    if (fields.option('4')) start = fields.date('the start date')
    if (expiry !== null && start !== null && expiry < start) throw new CouponFault('expires before it starts')
    if (fields.option('5')) fields.counted('the serial number', 0, 9, 6)
    if (fields.option('6')) fields.counted('the retailer', 1, 7, 6)
    if (fields.option('9')) {
      fields.oneOf('the save value code', '01256')
      fields.digit('what the save value applies to', 0, 2)
      fields.digit('the store coupon flag', 0, 9)
      fields.digit('the flag against multiplying', 0, 1)
    }
    if (!fields.isAtEnd) throw new CouponFault('has digits that belong to no field')
  })
}

/** Requirement with its length before it, its code, and the family. */
function purchase(fields: CouponFields, name: string): void {
  fields.counted(`the requirement of ${name}`, 1, 5, 0)
  fields.oneOf(`the requirement code of ${name}`, '012349')
  fields.fixed(`the family code of ${name}`, 3)
}

class CouponFault extends Error {}

/** Reads field after field; what is missing is thrown inside and caught by readAll. */
class CouponFields {
  readonly #value: string
  #at = 0

  constructor(value: string) {
    this.#value = value
  }

  get isAtEnd(): boolean {
    return this.#at === this.#value.length
  }

  readAll(read: () => void): string | null {
    if (!/^\d*$/.test(this.#value)) return 'has a character that is not a digit'
    try {
      read()
      return null
    } catch (error) {
      if (error instanceof CouponFault) return error.message
      throw error
    }
  }

  fixed(name: string, length: number): string {
    if (this.#value.length - this.#at < length) throw new CouponFault(`ends within ${name}`)
    this.#at += length
    return this.#value.slice(this.#at - length, this.#at)
  }

  digit(name: string, least: number, most: number): number {
    const digit = Number(this.fixed(name, 1))
    if (digit < least || digit > most) throw new CouponFault(`has ${digit} for ${name}, ${least} to ${most} are known`)
    return digit
  }

  oneOf(name: string, digits: string): void {
    const digit = this.fixed(name, 1)
    if (!digits.includes(digit)) throw new CouponFault(`has ${digit} for ${name}`)
  }

  /** A digit that says how long the field behind it is. */
  counted(name: string, least: number, most: number, more: number): void {
    this.fixed(name, this.digit(`the length of ${name}`, least, most) + more)
  }

  /** A company prefix; 9 for its length = there is none, where that may be. */
  prefix(name: string, most: number, mayBeNone = false): void {
    if (mayBeNone && this.#value[this.#at] === '9') this.#at++
    else this.counted(name, 0, most, 6)
  }

  option(digit: string): boolean {
    if (this.#value[this.#at] !== digit) return false
    this.#at++
    return true
  }

  date(name: string): string {
    const date = this.fixed(name, 6)
    const month = Number(date.slice(2, 4))
    const day = Number(date.slice(4))
    if (month < 1 || month > 12 || day < 1 || day > 31) throw new CouponFault(`has ${date} for ${name}`)
    return date
  }
}
