// GS1 application identifiers (AIs): format of each value, what it must or must not stand beside, and its place in a Digital Link.
// Facts of the GS1 General Specifications, as the GS1 Barcode Syntax Dictionary of July 2026 states them.

/** A part of a value: `n14` digits, `x..20` characters of CSET 82, `y` of CSET 39, `z` of base64url; `?` = may be absent; checks after colons. */
export interface ValuePart {
  readonly characters: 'n' | 'x' | 'y' | 'z'
  readonly least: number
  readonly most: number
  readonly isOptional: boolean
  readonly checks: readonly string[]
}

export interface ApplicationIdentifier {
  readonly ai: string
  /** Data title as printed beside it. */
  readonly title: string
  readonly parts: readonly ValuePart[]
  readonly least: number
  readonly most: number
  /** Its length follows from its first two digits: no separator behind it. */
  readonly isFixed: boolean
  /** Each entry must be kept: one of its groups, all AIs of the group (`01+21` = [['01', '21']]); `31nn` stands for any digits. */
  readonly needs: readonly (readonly (readonly string[])[])[]
  readonly excludes: readonly string[]
  /** Primary key of a Digital Link: the sequences of qualifiers that may follow it; null = no primary key. */
  readonly qualifiers: readonly (readonly string[])[] | null
  /** May stand in the query of a Digital Link. */
  readonly inQuery: boolean
}

interface Rules {
  readonly fixed?: boolean
  readonly needs?: string
  readonly excludes?: string
  /** Qualifiers of a primary key in their order; `|` between sequences. */
  readonly path?: string
  readonly query?: boolean
}

type Row = readonly [ais: string, format: string, title: string, rules: Rules]

function row(ais: string, format: string, title: string, rules: Rules = {}): Row {
  return [ais, format, title, rules]
}

const rows: readonly Row[] = [
  row('00', 'n18:check:prefix2', 'SSCC', { fixed: true, path: '' }),
  row('01', 'n14:check:prefix2', 'GTIN', { fixed: true, excludes: '255 37', path: '22 10 21|235' }),
  row('02', 'n14:check:prefix2', 'CONTENT', { fixed: true, needs: '37', excludes: '01 03' }),
  row('03', 'n14:check:prefix2', 'MTO GTIN', { fixed: true, excludes: '01 02 37 235', query: false }),
  row('10', 'x..20', 'BATCH/LOT', { needs: '01 02 03 8006 8026' }),
  row('11', 'n6:date0', 'PROD DATE', { fixed: true, needs: '01 02 03 8006 8026' }),
  row('12', 'n6:date0', 'DUE DATE', { fixed: true, needs: '8020' }),
  row('13', 'n6:date0', 'PACK DATE', { fixed: true, needs: '01 02 03 8006 8026' }),
  row('15', 'n6:date0', 'BEST BEFORE or BEST BY', { fixed: true, needs: '01 02 03 8006 8026' }),
  row('16', 'n6:date0', 'SELL BY', { fixed: true, needs: '01 02 03 8006 8026' }),
  row('17', 'n6:date0', 'USE BY or EXPIRY', { fixed: true, needs: '01 02 03 255 8006 8026' }),
  row('20', 'n2', 'VARIANT', { fixed: true, needs: '01 02 03 8006 8026' }),
  row('21', 'x..20', 'SERIAL', { needs: '01 03 8006', excludes: '235', query: false }),
  row('22', 'x..20', 'CPV', { needs: '01', query: false }),
  row('235', 'x..28', 'TPX', { needs: '01', query: false }),
  row('240', 'x..30', 'ADDITIONAL ID', { needs: '01 02 03 8006 8026' }),
  row('241', 'x..30', 'CUST. PART No.', { needs: '01 02 03 8006 8026' }),
  row('242', 'n..6', 'MTO VARIANT', { needs: '01 02 8006 8026' }),
  row('243', 'x..20', 'PCN', { needs: '01 03' }),
  row('250', 'x..30', 'SECONDARY SERIAL', { needs: '01+21 03+21 8006+21' }),
  row('251', 'x..30', 'REF. TO SOURCE', { needs: '01 03 8006' }),
  row('253', 'n13:check:prefix x..17?', 'GDTI', { path: '' }),
  row('254', 'x..20', 'GLN EXTENSION COMPONENT', { needs: '414', query: false }),
  row('255', 'n13:check:prefix n..12?', 'GCN', { excludes: '01 02 415 8006 8020 8026', path: '' }),
  row('30', 'n..8', 'VAR. COUNT', { needs: '01 02' }),
  row('3100-3105', 'n6', 'NET WEIGHT (kg)', { fixed: true, needs: '01 02', excludes: '310n' }),
  row('3110-3115', 'n6', 'LENGTH (m)', { fixed: true, needs: '01 02', excludes: '311n' }),
  row('3120-3125', 'n6', 'WIDTH (m)', { fixed: true, needs: '01 02', excludes: '312n' }),
  row('3130-3135', 'n6', 'HEIGHT (m)', { fixed: true, needs: '01 02', excludes: '313n' }),
  row('3140-3145', 'n6', 'AREA (m²)', { fixed: true, needs: '01 02', excludes: '314n' }),
  row('3150-3155', 'n6', 'NET VOLUME (l)', { fixed: true, needs: '01 02', excludes: '315n' }),
  row('3160-3165', 'n6', 'NET VOLUME (m³)', { fixed: true, needs: '01 02', excludes: '316n' }),
  row('3200-3205', 'n6', 'NET WEIGHT (lb)', { fixed: true, needs: '01 02', excludes: '320n' }),
  row('3210-3215', 'n6', 'LENGTH (in)', { fixed: true, needs: '01 02', excludes: '321n' }),
  row('3220-3225', 'n6', 'LENGTH (ft)', { fixed: true, needs: '01 02', excludes: '322n' }),
  row('3230-3235', 'n6', 'LENGTH (yd)', { fixed: true, needs: '01 02', excludes: '323n' }),
  row('3240-3245', 'n6', 'WIDTH (in)', { fixed: true, needs: '01 02', excludes: '324n' }),
  row('3250-3255', 'n6', 'WIDTH (ft)', { fixed: true, needs: '01 02', excludes: '325n' }),
  row('3260-3265', 'n6', 'WIDTH (yd)', { fixed: true, needs: '01 02', excludes: '326n' }),
  row('3270-3275', 'n6', 'HEIGHT (in)', { fixed: true, needs: '01 02', excludes: '327n' }),
  row('3280-3285', 'n6', 'HEIGHT (ft)', { fixed: true, needs: '01 02', excludes: '328n' }),
  row('3290-3295', 'n6', 'HEIGHT (yd)', { fixed: true, needs: '01 02', excludes: '329n' }),
  row('3300-3305', 'n6', 'GROSS WEIGHT (kg)', { fixed: true, needs: '00 01', excludes: '330n' }),
  row('3310-3315', 'n6', 'LENGTH (m), log', { fixed: true, needs: '00 01', excludes: '331n' }),
  row('3320-3325', 'n6', 'WIDTH (m), log', { fixed: true, needs: '00 01', excludes: '332n' }),
  row('3330-3335', 'n6', 'HEIGHT (m), log', { fixed: true, needs: '00 01', excludes: '333n' }),
  row('3340-3345', 'n6', 'AREA (m²), log', { fixed: true, needs: '00 01', excludes: '334n' }),
  row('3350-3355', 'n6', 'VOLUME (l), log', { fixed: true, needs: '00 01', excludes: '335n' }),
  row('3360-3365', 'n6', 'VOLUME (m³), log', { fixed: true, needs: '00 01', excludes: '336n' }),
  row('3370-3375', 'n6', 'KG PER m²', { fixed: true, needs: '01', excludes: '337n' }),
  row('3400-3405', 'n6', 'GROSS WEIGHT (lb)', { fixed: true, needs: '00 01', excludes: '340n' }),
  row('3410-3415', 'n6', 'LENGTH (in), log', { fixed: true, needs: '00 01', excludes: '341n' }),
  row('3420-3425', 'n6', 'LENGTH (ft), log', { fixed: true, needs: '00 01', excludes: '342n' }),
  row('3430-3435', 'n6', 'LENGTH (yd), log', { fixed: true, needs: '00 01', excludes: '343n' }),
  row('3440-3445', 'n6', 'WIDTH (in), log', { fixed: true, needs: '00 01', excludes: '344n' }),
  row('3450-3455', 'n6', 'WIDTH (ft), log', { fixed: true, needs: '00 01', excludes: '345n' }),
  row('3460-3465', 'n6', 'WIDTH (yd), log', { fixed: true, needs: '00 01', excludes: '346n' }),
  row('3470-3475', 'n6', 'HEIGHT (in), log', { fixed: true, needs: '00 01', excludes: '347n' }),
  row('3480-3485', 'n6', 'HEIGHT (ft), log', { fixed: true, needs: '00 01', excludes: '348n' }),
  row('3490-3495', 'n6', 'HEIGHT (yd), log', { fixed: true, needs: '00 01', excludes: '349n' }),
  row('3500-3505', 'n6', 'AREA (in²)', { fixed: true, needs: '01 02', excludes: '350n' }),
  row('3510-3515', 'n6', 'AREA (ft²)', { fixed: true, needs: '01 02', excludes: '351n' }),
  row('3520-3525', 'n6', 'AREA (yd²)', { fixed: true, needs: '01 02', excludes: '352n' }),
  row('3530-3535', 'n6', 'AREA (in²), log', { fixed: true, needs: '00 01', excludes: '353n' }),
  row('3540-3545', 'n6', 'AREA (ft²), log', { fixed: true, needs: '00 01', excludes: '354n' }),
  row('3550-3555', 'n6', 'AREA (yd²), log', { fixed: true, needs: '00 01', excludes: '355n' }),
  row('3560-3565', 'n6', 'NET WEIGHT (tr oz)', { fixed: true, needs: '01 02', excludes: '356n' }),
  row('3570-3575', 'n6', 'NET VOLUME (oz)', { fixed: true, needs: '01 02', excludes: '357n' }),
  row('3600-3605', 'n6', 'NET VOLUME (qt (US))', { fixed: true, needs: '01 02', excludes: '360n' }),
  row('3610-3615', 'n6', 'NET VOLUME (gal.)', { fixed: true, needs: '01 02', excludes: '361n' }),
  row('3620-3625', 'n6', 'VOLUME (qt (US)), log', { fixed: true, needs: '00 01', excludes: '362n' }),
  row('3630-3635', 'n6', 'VOLUME (gal (US)), log', { fixed: true, needs: '00 01', excludes: '363n' }),
  row('3640-3645', 'n6', 'NET VOLUME (in³)', { fixed: true, needs: '01 02', excludes: '364n' }),
  row('3650-3655', 'n6', 'NET VOLUME (ft³)', { fixed: true, needs: '01 02', excludes: '365n' }),
  row('3660-3665', 'n6', 'NET VOLUME (yd³)', { fixed: true, needs: '01 02', excludes: '366n' }),
  row('3670-3675', 'n6', 'VOLUME (in³), log', { fixed: true, needs: '00 01', excludes: '367n' }),
  row('3680-3685', 'n6', 'VOLUME (ft³), log', { fixed: true, needs: '00 01', excludes: '368n' }),
  row('3690-3695', 'n6', 'VOLUME (yd³), log', { fixed: true, needs: '00 01', excludes: '369n' }),
  row('37', 'n..8', 'COUNT', { needs: '00+02 00+8026' }),
  row('3900-3909', 'n..15', 'AMOUNT', { needs: '255 8020', excludes: '390n 391n 394n 8111' }),
  row('3910-3919', 'n3:currency n..15', 'AMOUNT', { needs: '8020', excludes: '391n' }),
  row('3920-3929', 'n..15', 'PRICE', { needs: '01+30 01+31nn 01+32nn 01+35nn 01+36nn', excludes: '392n 393n' }),
  row('3930-3939', 'n3:currency n..15', 'PRICE', { needs: '30 31nn 32nn 35nn 36nn', excludes: '393n' }),
  row('3940-3943', 'n4', 'PRCNT OFF', { needs: '255', excludes: '394n 8111' }),
  row('3950-3955', 'n6', 'PRICE/UoM', { needs: '30 31nn 32nn 35nn 36nn', excludes: '392n 393n 395n 8005' }),
  row('400', 'x..30', 'ORDER NUMBER'),
  row('401', 'x..30:prefix', 'GINC', { path: '' }),
  row('402', 'n17:check:prefix', 'GSIN', { path: '' }),
  row('403', 'x..30', 'ROUTE', { needs: '00' }),
  row('410', 'n13:check:prefix', 'SHIP TO LOC', { fixed: true }),
  row('411', 'n13:check:prefix', 'BILL TO', { fixed: true }),
  row('412', 'n13:check:prefix', 'PURCHASE FROM', { fixed: true }),
  row('413', 'n13:check:prefix', 'SHIP FOR LOC', { fixed: true }),
  row('414', 'n13:check:prefix', 'LOC No.', { fixed: true, path: '254|7040' }),
  row('415', 'n13:check:prefix', 'PAY TO', { fixed: true, needs: '8020', path: '8020' }),
  row('416', 'n13:check:prefix', 'PROD/SERV LOC', { fixed: true }),
  row('417', 'n13:check:prefix', 'PARTY', { fixed: true, path: '7040' }),
  row('420', 'x..20', 'SHIP TO POST', { excludes: '421' }),
  row('421', 'n3:country x..9', 'SHIP TO POST', { excludes: '4307' }),
  row('422', 'n3:country', 'ORIGIN', { needs: '01 02 03 8006 8026', excludes: '426' }),
  row('423', 'n3:country n3:country? n3:country? n3:country? n3:country?', 'COUNTRY - INITIAL PROCESS', {
    needs: '01 02 03',
    excludes: '426',
  }),
  row('424', 'n3:country', 'COUNTRY - PROCESS', { needs: '01 02 03', excludes: '426' }),
  row('425', 'n3:country n3:country? n3:country? n3:country? n3:country?', 'COUNTRY - DISASSEMBLY', {
    needs: '01 02 03',
    excludes: '426',
  }),
  row('426', 'n3:country', 'COUNTRY - FULL PROCESS', { needs: '01 02 03' }),
  row('427', 'x..3', 'ORIGIN SUBDIVISION', { needs: '01+422 02+422 03+422' }),
  row('4300', 'x..35:percent', 'SHIP TO COMP', { needs: '00' }),
  row('4301', 'x..35:percent', 'SHIP TO NAME', { needs: '00' }),
  row('4302', 'x..70:percent', 'SHIP TO ADD1', { needs: '00' }),
  row('4303', 'x..70:percent', 'SHIP TO ADD2', { needs: '4302' }),
  row('4304', 'x..70:percent', 'SHIP TO SUB', { needs: '00' }),
  row('4305', 'x..70:percent', 'SHIP TO LOC', { needs: '00' }),
  row('4306', 'x..70:percent', 'SHIP TO REG', { needs: '00' }),
  row('4307', 'x2:countryLetters', 'SHIP TO COUNTRY', { needs: '00' }),
  row('4308', 'x..30', 'SHIP TO PHONE', { needs: '00' }),
  row('4309', 'n10:latitude n10:longitude', 'SHIP TO GEO', { needs: '00' }),
  row('4310', 'x..35:percent', 'RTN TO COMP', { needs: '00' }),
  row('4311', 'x..35:percent', 'RTN TO NAME', { needs: '00' }),
  row('4312', 'x..70:percent', 'RTN TO ADD1', { needs: '00' }),
  row('4313', 'x..70:percent', 'RTN TO ADD2', { needs: '4312' }),
  row('4314', 'x..70:percent', 'RTN TO SUB', { needs: '00' }),
  row('4315', 'x..70:percent', 'RTN TO LOC', { needs: '00' }),
  row('4316', 'x..70:percent', 'RTN TO REG', { needs: '00' }),
  row('4317', 'x2:countryLetters', 'RTN TO COUNTRY', { needs: '00' }),
  row('4318', 'x..20', 'RTN TO POST', { needs: '00' }),
  row('4319', 'x..30', 'RTN TO PHONE', { needs: '00' }),
  row('4320', 'x..35:percent', 'SRV DESCRIPTION', { needs: '00' }),
  row('4321', 'n1:yesNo', 'DANGEROUS GOODS', { needs: '00' }),
  row('4322', 'n1:yesNo', 'AUTH TO LEAVE', { needs: '00' }),
  row('4323', 'n1:yesNo', 'SIG REQUIRED', { needs: '00' }),
  row('4324', 'n6:date0 n4:hourMinute', 'NOT BEF DEL DT', { needs: '00' }),
  row('4325', 'n6:date0 n4:hourMinute', 'NOT AFT DEL DT', { needs: '00' }),
  row('4326', 'n6:date', 'REL DATE', { needs: '00' }),
  row('4330', 'n6 x1:minus?', 'MAX TEMP F.', { needs: '00', excludes: '4331' }),
  row('4331', 'n6 x1:minus?', 'MAX TEMP C.', { needs: '00', excludes: '4330' }),
  row('4332', 'n6 x1:minus?', 'MIN TEMP F.', { needs: '00', excludes: '4333' }),
  row('4333', 'n6 x1:minus?', 'MIN TEMP C.', { needs: '00', excludes: '4332' }),
  row('7001', 'n13', 'NSN', { needs: '01 02 8006 8026' }),
  row('7002', 'x..30', 'MEAT CUT', { needs: '01 02' }),
  row('7003', 'n6:date n4:hourMinute', 'EXPIRY TIME', { needs: '01 02 03' }),
  row('7004', 'n..4', 'ACTIVE POTENCY', { needs: '01+10 03+10' }),
  row('7005', 'x..12', 'CATCH AREA', { needs: '01 02' }),
  row('7006', 'n6:date', 'FIRST FREEZE DATE', { needs: '01 02' }),
  row('7007', 'n6:date n6:date?', 'HARVEST DATE', { needs: '01 02' }),
  row('7008', 'x..3', 'AQUATIC SPECIES', { needs: '01 02' }),
  row('7009', 'x..10', 'FISHING GEAR TYPE', { needs: '01 02' }),
  row('7010', 'x..2', 'PROD METHOD', { needs: '01 02 03' }),
  row('7011', 'n6:date n4:hourMinute?', 'TEST BY DATE', { needs: '01 02 03' }),
  row('7020', 'x..20', 'REFURB LOT', { needs: '01+416 03+416 8006+416' }),
  row('7021', 'x..20', 'FUNC STAT', { needs: '01 03 8006' }),
  row('7022', 'x..20', 'REV STAT', { needs: '01+7021 03+7021 8006+7021' }),
  row('7023', 'x..30:prefix', 'GIAI - ASSEMBLY'),
  row('7030', 'n3:country999 x..27', 'PROCESSOR # 0', { needs: '01 02' }),
  row('7031', 'n3:country999 x..27', 'PROCESSOR # 1', { needs: '01 02' }),
  row('7032', 'n3:country999 x..27', 'PROCESSOR # 2', { needs: '01 02' }),
  row('7033', 'n3:country999 x..27', 'PROCESSOR # 3', { needs: '01 02' }),
  row('7034', 'n3:country999 x..27', 'PROCESSOR # 4', { needs: '01 02' }),
  row('7035', 'n3:country999 x..27', 'PROCESSOR # 5', { needs: '01 02' }),
  row('7036', 'n3:country999 x..27', 'PROCESSOR # 6', { needs: '01 02' }),
  row('7037', 'n3:country999 x..27', 'PROCESSOR # 7', { needs: '01 02' }),
  row('7038', 'n3:country999 x..27', 'PROCESSOR # 8', { needs: '01 02' }),
  row('7039', 'n3:country999 x..27', 'PROCESSOR # 9', { needs: '01 02' }),
  row('7040', 'n1 x1 x1 x1:importerIndex', 'UIC+EXT', { query: false }),
  row('7041', 'x..4:packageType', 'UFRGT UNIT TYPE', { needs: '00', query: false }),
  row('710', 'x..20', 'NHRN PZN', { needs: '01' }),
  row('711', 'x..20', 'NHRN CIP', { needs: '01' }),
  row('712', 'x..20', 'NHRN CN', { needs: '01' }),
  row('713', 'x..20', 'NHRN DRN', { needs: '01' }),
  row('714', 'x..20', 'NHRN AIM', { needs: '01' }),
  row('715', 'x..20', 'NHRN NDC', { needs: '01' }),
  row('716', 'x..20', 'NHRN AIC', { needs: '01' }),
  row('717', 'x..20', 'NHRN SRN', { needs: '01' }),
  row('7230', 'x2 x..28', 'CERT # 1', { needs: '01 8004' }),
  row('7231', 'x2 x..28', 'CERT # 2', { needs: '01 8004' }),
  row('7232', 'x2 x..28', 'CERT # 3', { needs: '01 8004' }),
  row('7233', 'x2 x..28', 'CERT # 4', { needs: '01 8004' }),
  row('7234', 'x2 x..28', 'CERT # 5', { needs: '01 8004' }),
  row('7235', 'x2 x..28', 'CERT # 6', { needs: '01 8004' }),
  row('7236', 'x2 x..28', 'CERT # 7', { needs: '01 8004' }),
  row('7237', 'x2 x..28', 'CERT # 8', { needs: '01 8004' }),
  row('7238', 'x2 x..28', 'CERT # 9', { needs: '01 8004' }),
  row('7239', 'x2 x..28', 'CERT # 10', { needs: '01 8004' }),
  row('7240', 'x..20', 'PROTOCOL', { needs: '01 8006', excludes: '03' }),
  row('7241', 'n2:mediaType', 'AIDC MEDIA TYPE', { needs: '8017 8018' }),
  row('7242', 'x..25', 'VCN', { needs: '8017 8018' }),
  row('7250', 'n8:date8', 'DOB', { needs: '8018', excludes: '7251' }),
  row('7251', 'n8:date8 n4:hourMinute', 'DOB TIME', { needs: '8018', excludes: '7250' }),
  row('7252', 'n1:sex', 'BIO SEX', { needs: '8018' }),
  row('7253', 'x..40:percent', 'FAMILY NAME', { needs: '8017 8018', excludes: '7256 7259' }),
  row('7254', 'x..40:percent', 'GIVEN NAME', { needs: '8017 8018', excludes: '7256 7259' }),
  row('7255', 'x..10', 'SUFFIX', { needs: '8017 8018', excludes: '7256 7259' }),
  row('7256', 'x..90:percent', 'FULL NAME', { needs: '8017 8018' }),
  row('7257', 'x..70:percent', 'PERSON ADDR', { needs: '8018' }),
  row('7258', 'x3:birthSequence', 'BIRTH SEQUENCE', { needs: '8018+7259' }),
  row('7259', 'x..40:percent', 'BABY', { needs: '8018', excludes: '7256' }),
  row('8001', 'n4:nonZero n5:nonZero n3:nonZero n1:winding n1', 'DIMENSIONS', { needs: '01' }),
  row('8002', 'x..20', 'CMT No.'),
  row('8003', 'n1:zero n13:check:prefix x..16?', 'GRAI', { path: '' }),
  row('8004', 'x..30:prefix', 'GIAI', { path: '7040' }),
  row('8005', 'n6', 'PRICE PER UNIT', { needs: '01 02' }),
  row('8006', 'n14:check:prefix2 n4:pieceOfTotal', 'ITIP', { excludes: '01 03 37', path: '22 10 21' }),
  row('8007', 'x..34:iban', 'IBAN', { needs: '415' }),
  row('8008', 'n6:date n2:hour n2:minute? n2:second?', 'PROD TIME', { needs: '01 02 03' }),
  row('8009', 'x..50', 'OPTSEN', { needs: '00 01 03' }),
  row('8010', 'y..30:prefix', 'CPID', { path: '8011' }),
  row('8011', 'n..12:noLeadingZero', 'CPID SERIAL', { needs: '8010', query: false }),
  row('8012', 'x..20', 'VERSION', { needs: '01 03 8006' }),
  row('8013', 'x..25:checkPair:prefix', 'GMN', { path: '' }),
  row('8014', 'x..25:checkPair:prefix:notAllDigits', 'MUDI', { needs: '01', query: false }),
  row('8017', 'n18:check:prefix', 'GSRN - PROVIDER', { excludes: '8018', path: '8019' }),
  row('8018', 'n18:check:prefix', 'GSRN - RECIPIENT', { excludes: '8017', path: '8019' }),
  row('8019', 'n..10', 'SRIN', { needs: '8017 8018', query: false }),
  row('8020', 'x..25', 'REF No.', { needs: '415', query: false }),
  row('8026', 'n14:check:prefix2 n4:pieceOfTotal', 'ITIP CONTENT', { needs: '37', excludes: '02 03 8006' }),
  row('8030', 'z..90', 'DIGSIG', { needs: '00 01+21 03+21 253 255 8003 8004 8006+21 8010+8011 8017 8018' }),
  row('8040', 'n15', 'IMEI', { needs: '01+21', query: false }),
  row('8041', 'n15', 'IMEI2', { needs: '01+21+8040', query: false }),
  row('8042', 'n32', 'ESIM', { needs: '01+21+8040', query: false }),
  row('8043', 'n18 n..2?', 'PSIM', { needs: '01+21+8040', query: false }),
  row('8110', 'x..70:coupon', ''),
  row('8111', 'n4', 'POINTS', { needs: '255' }),
  row('8112', 'x..70:couponOffer', ''),
  row('8200', 'x..70', 'PRODUCT URL', { needs: '01', query: false }),
  row('90', 'x..30', 'INTERNAL'),
  row('91-99', 'x..90', 'INTERNAL'),
]

/** Lengths of AI and value together that need no separator, by the first two digits (GS1 General Specifications, figure 7.8.5-2). */
const predefinedLengths: ReadonlyMap<string, number> = new Map([
  ['00', 20],
  ['01', 16],
  ['02', 16],
  ['03', 16],
  ['04', 18],
  ...['11', '12', '13', '14', '15', '16', '17', '18', '19'].map((prefix): [string, number] => [prefix, 8]),
  ['20', 4],
  ...['31', '32', '33', '34', '35', '36'].map((prefix): [string, number] => [prefix, 10]),
  ['41', 16],
])

const table: ReadonlyMap<string, ApplicationIdentifier> = new Map(
  rows.flatMap(definitionsOf).map((entry) => [entry.ai, entry]),
)

/** What is known of an AI; undefined = not assigned. */
export function applicationIdentifier(ai: string): ApplicationIdentifier | undefined {
  return table.get(ai)
}

/** All assigned AIs. */
export function applicationIdentifiers(): readonly ApplicationIdentifier[] {
  return [...table.values()]
}

/** The assigned AI at a place of an element string: two to four digits, of which only one length can be assigned. */
export function applicationIdentifierAt(text: string, at: number): ApplicationIdentifier | undefined {
  return table.get(text.slice(at, at + 2)) ?? table.get(text.slice(at, at + 3)) ?? table.get(text.slice(at, at + 4))
}

/** Length of AI and value together where the first two digits fix it; undefined = up to the separator. */
export function predefinedLength(text: string, at: number): number | undefined {
  return predefinedLengths.get(text.slice(at, at + 2))
}

/** Is this AI one that a rule names, where `n` stands for any digit. */
export function matchesPattern(ai: string, pattern: string): boolean {
  if (ai.length !== pattern.length) return false
  for (let at = 0; at < ai.length; at++) if (pattern[at] !== 'n' && pattern[at] !== ai[at]) return false
  return true
}

function definitionsOf([ais, format, title, rules]: Row): ApplicationIdentifier[] {
  const parts = format.split(' ').map(partOf)
  const [first, last = first] = ais.split('-') as [string, string?]
  const definitions: ApplicationIdentifier[] = []
  for (let number = Number(first); number <= Number(last); number++)
    definitions.push({
      ai: String(number).padStart(first.length, '0'),
      title,
      parts,
      least: parts.reduce((sum, part) => sum + (part.isOptional ? 0 : part.least), 0),
      most: parts.reduce((sum, part) => sum + part.most, 0),
      isFixed: rules.fixed ?? false,
      needs: rules.needs?.split(' & ').map((entry) => entry.split(' ').map((group) => group.split('+'))) ?? [],
      excludes: rules.excludes?.split(' ') ?? [],
      qualifiers: rules.path === undefined ? null : sequencesOf(rules.path),
      inQuery: rules.query ?? true,
    })
  return definitions
}

function partOf(text: string): ValuePart {
  const isOptional = text.endsWith('?')
  const [shape = '', ...checks] = (isOptional ? text.slice(0, -1) : text).split(':')
  const isVariable = shape.slice(1, 3) === '..'
  const most = Number(shape.slice(isVariable ? 3 : 1))
  return { characters: shape[0] as ValuePart['characters'], least: isVariable ? 1 : most, most, isOptional, checks }
}

function sequencesOf(path: string): string[][] {
  return path.split('|').map((sequence) => sequence.split(' ').filter((ai) => ai !== ''))
}
