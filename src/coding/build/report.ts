/** What a build left out and why: shown to the user, so that nothing is dropped in silence. */
export interface BuildReport {
  /** Counted reasons: `MedDRA terms outside CTCAE: 2455`. */
  readonly leftOut: ReadonlyMap<string, number>;
  /** Entries of our own lists that the vocabulary does not hold or that contradict each other. */
  readonly warnings: readonly string[];
}

export class BuildLog implements BuildReport {
  readonly leftOut = new Map<string, number>();
  readonly warnings: string[] = [];

  leaveOut(reason: string, count = 1): void {
    this.leftOut.set(reason, (this.leftOut.get(reason) ?? 0) + count);
  }

  warn(file: string, line: number, problem: string): void {
    this.warnings.push(`${file}:${line}: ${problem}`);
  }

  /** A warning that no single line causes. */
  note(problem: string): void {
    this.warnings.push(problem);
  }
}
