export const HAPI_TOKEN: string;
export function hapiMissing(): Promise<string | undefined>;
export function startHapiProcess(options?: {
  log?: (text: string) => void;
}): Promise<{ url: string; stop(): Promise<void> }>;
