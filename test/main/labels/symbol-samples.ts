// For each bar code of labels: what is put in and what a reader has to say.
export interface SymbolSample {
  readonly symbology: string
  readonly text: string
  readonly readsAs: string
  readonly aimId: string
  readonly errorCorrection?: string | null
}

const gs = '\u001d'

export const symbolSamples: readonly SymbolSample[] = [
  { symbology: 'qrcode', text: '88.123.456/CASE00000001', readsAs: '88.123.456/CASE00000001', aimId: ']Q1' },
  {
    symbology: 'qrcode',
    text: 'https://id.example.com/m/12345',
    readsAs: 'https://id.example.com/m/12345',
    aimId: ']Q1',
    errorCorrection: 'H',
  },
  { symbology: 'qrcode', text: '88.123.456/电机^℃', readsAs: '88.123.456/电机^℃', aimId: ']Q1' },
  {
    symbology: 'gs1qrcode',
    text: '(01)09521234543213(10)LOT-1(21)SN0001',
    readsAs: `010952123454321310LOT-1${gs}21SN0001`,
    aimId: ']Q3',
  },
  {
    symbology: 'gs1dlqrcode',
    text: 'https://example.com/01/09521234543213/21/A1',
    readsAs: 'https://example.com/01/09521234543213/21/A1',
    aimId: ']Q1',
  },
  { symbology: 'microqrcode', text: 'SN0001', readsAs: 'SN0001', aimId: ']Q1' },
  { symbology: 'rectangularmicroqrcode', text: 'SN0001-ab', readsAs: 'SN0001-ab', aimId: ']Q1' },
  { symbology: 'datamatrix', text: '88.123.456/CASE00000001', readsAs: '88.123.456/CASE00000001', aimId: ']d1' },
  {
    symbology: 'datamatrix',
    text: '[)>\u001e06\u001d25SUN123456789\u001d1PXYZ\u001e\u0004',
    readsAs: '[)>\u001e06\u001d25SUN123456789\u001d1PXYZ\u001e\u0004',
    aimId: ']d1',
  },
  { symbology: 'datamatrixrectangular', text: 'SN0001', readsAs: 'SN0001', aimId: ']d1' },
  {
    symbology: 'gs1datamatrix',
    text: '(01)09521234543213(21)00000001',
    readsAs: '01095212345432132100000001',
    aimId: ']d2',
  },
  {
    symbology: 'gs1datamatrix',
    text: '(01)09521234543213(10)L\\(2)(21)A\\(21)7',
    readsAs: `010952123454321310L(2)${gs}21A(21)7`,
    aimId: ']d2',
  },
  {
    symbology: 'gs1datamatrix',
    text: '(01)09521234543213(10)A(17)260101(21)B',
    readsAs: `010952123454321310A${gs}1726010121B`,
    aimId: ']d2',
  },
  {
    symbology: 'gs1dldatamatrix',
    text: 'https://example.com/01/09521234543213/21/A1',
    readsAs: 'https://example.com/01/09521234543213/21/A1',
    aimId: ']d1',
  },
  { symbology: 'azteccode', text: '88.123.456/CASE00000001', readsAs: '88.123.456/CASE00000001', aimId: ']z0' },
  { symbology: 'pdf417', text: '88.123.456/CASE00000001', readsAs: '88.123.456/CASE00000001', aimId: ']L2' },
  { symbology: 'micropdf417', text: 'SN0001', readsAs: 'SN0001', aimId: ']L2' },
  { symbology: 'code128', text: 'Case_00000001~^', readsAs: 'Case_00000001~^', aimId: ']C0' },
  { symbology: 'gs1-128', text: '(00)095212345678901235', readsAs: '00095212345678901235', aimId: ']C1' },
  {
    symbology: 'gs1-128',
    text: '(01)09521234543213(10)AB(21)1',
    readsAs: `010952123454321310AB${gs}211`,
    aimId: ']C1',
  },
  { symbology: 'code39', text: 'SN-0001.A', readsAs: 'SN-0001.A', aimId: ']A0' },
  { symbology: 'ean13', text: '952123454321', readsAs: '9521234543213', aimId: ']E0' },
  { symbology: 'ean8', text: '90311017', readsAs: '90311017', aimId: ']E4' },
  { symbology: 'upca', text: '012345678905', readsAs: '012345678905', aimId: ']E0' },
  { symbology: 'upce', text: '01234565', readsAs: '01234565', aimId: ']E0' },
  { symbology: 'itf14', text: '1952123454321', readsAs: '19521234543210', aimId: ']I1' },
  { symbology: 'interleaved2of5', text: '123456', readsAs: '123456', aimId: ']I0' },
  { symbology: 'databarexpanded', text: '(01)09521234543213(10)AB', readsAs: '010952123454321310AB', aimId: ']e0' },
  {
    symbology: 'databarexpandedstacked',
    text: '(01)09521234543213(10)AB',
    readsAs: '010952123454321310AB',
    aimId: ']e0',
  },
]
