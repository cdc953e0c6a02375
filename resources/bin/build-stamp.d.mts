export declare const stampFile: string
export declare function stampOf(root: string): string
export declare function isBuildCurrent(root: string): boolean
