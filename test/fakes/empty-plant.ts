// A plant with one display and nothing else.
import { defaultAlarmPhilosophy } from '../../src-main/shared/alarm.ts'
import { noLabels } from '../../src-main/shared/label.ts'
import { defaultPlantHistory, type Plant } from '../../src-main/shared/plant.ts'

export const emptyPlant: Plant = {
  folder: '/plant',
  name: 'Bottling',
  line: 'Line 1',
  site: 'Works',
  description: '',
  languages: ['en', 'zh-CN'],
  timeZone: 'Europe/Berlin',
  startMimic: 'overview',
  windows: [],
  devices: [],
  tags: [],
  equipment: [],
  equipmentTypes: [],
  libraries: [],
  labels: noLabels,
  mimics: [
    {
      name: 'overview',
      title: { en: 'Overview' },
      level: 1,
      parent: null,
      file: 'mimics/overview.svg',
      tags: [],
      equipment: [],
      area: null,
    },
  ],
  history: defaultPlantHistory,
  alarms: [],
  alarmPhilosophy: defaultAlarmPhilosophy,
  alarmDatabase: { version: '', sources: [] },
  trends: [],
  simulation: [],
  roles: {},
}
