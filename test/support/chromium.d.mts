import type { Browser } from 'playwright-core';

export function findChromium(
  environment?: Readonly<Record<string, string | undefined>>,
): string | undefined;
export function launchChromium(): Promise<Browser>;
