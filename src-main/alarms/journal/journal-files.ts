// Where the alarm journal is in the data folder.

/** SQLite keeps its log beside it. */
export const journalFileName = 'alarms.sqlite'
export const archiveFolderName = 'alarm-archive'
