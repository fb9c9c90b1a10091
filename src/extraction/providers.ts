import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import { ExtractionError, messageOf } from './error.ts';

export const PROVIDER_OPTIONS = ['auto', 'cpu', 'cuda'] as const;
/** `auto` takes CUDA where it loads and the CPU elsewhere; `cuda` fails where it does not load. */
export type ProviderOption = (typeof PROVIDER_OPTIONS)[number];
export type ProviderName = Exclude<ProviderOption, 'auto'>;

interface ProviderDescription {
  readonly executionProviders: InferenceSession.SessionOptions['executionProviders'];
  /** Why it cannot be there, or undefined where it can be tried. */
  unavailable(machine: Machine): string | undefined;
}

/** What is asked of the machine; a test passes its own. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  /** The file that CUDA needs beside the runtime's own library and that is not there. */
  missing(): string | undefined;
}

/** Execution providers of ONNX Runtime that Vigilnote was tried with. */
export const PROVIDERS: Readonly<Record<ProviderName, ProviderDescription>> = Object.freeze({
  cpu: {
    executionProviders: ['cpu'],
    unavailable: () => undefined,
  },
  cuda: {
    // What CUDA has no kernel for runs on the CPU.
    executionProviders: ['cuda', 'cpu'],
    // The Node binding is built with CUDA for Linux on x64 alone.
    unavailable: ({ platform, arch, missing }) => {
      if (platform !== 'linux' || arch !== 'x64') {
        return `CUDA is available on linux/x64 only, this is ${platform}/${arch}`;
      }
      const file = missing();
      // Without this the runtime prints an error of its own before it throws.
      return file && `CUDA cannot be used: ${file} is not installed beside onnxruntime-node`;
    },
  },
});

/** Which providers to try, in order. */
const CANDIDATES: Readonly<Record<ProviderOption, readonly ProviderName[]>> = Object.freeze({
  auto: ['cuda', 'cpu'],
  cpu: ['cpu'],
  cuda: ['cuda'],
});

export interface OpenedWith<T> {
  readonly value: T;
  readonly provider: ProviderName;
  /** Why a provider that was preferred is not in use. */
  readonly note?: string;
}

/**
 * Opens something with the first provider that loads. Whether CUDA loads is only known by trying:
 * `listSupportedBackends()` says what was packed with the package, not what the loader finds.
 * @param open opens the sessions with these execution providers
 * @throws ExtractionError when none loads, saying why for each
 */
export async function openWithProvider<T>(
  option: ProviderOption,
  open: (executionProviders: ProviderDescription['executionProviders']) => Promise<T>,
  machine: Machine = thisMachine,
): Promise<OpenedWith<T>> {
  const reasons: string[] = [];
  for (const name of CANDIDATES[option]) {
    const unavailable = PROVIDERS[name].unavailable(machine);
    if (unavailable !== undefined) {
      reasons.push(unavailable);
      continue;
    }
    try {
      const value = await open(PROVIDERS[name].executionProviders);
      return { value, provider: name, ...(reasons.length > 0 && { note: reasons.join('; ') }) };
    } catch (error) {
      reasons.push(`${name} does not load: ${firstLine(messageOf(error))}`);
    }
  }
  throw new ExtractionError(
    `the model does not load with provider '${option}' (${reasons.join('; ')}).` +
      (option === 'cuda'
        ? " Use 'auto' or 'cpu', or install the CUDA libraries (src/extraction/README.md)."
        : ''),
  );
}

/** Libraries of the CUDA provider, as the `gpu` image puts them beside `libonnxruntime.so.1`. */
const CUDA_LIBRARIES = ['libonnxruntime_providers_shared.so', 'libonnxruntime_providers_cuda.so'];

const thisMachine: Machine = {
  platform: process.platform,
  arch: process.arch,
  missing: () => {
    const root = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
    const folder = join(root, 'bin', 'napi-v6', process.platform, process.arch);
    return CUDA_LIBRARIES.find((file) => !existsSync(join(folder, file)));
  },
};

function firstLine(message: string): string {
  return message.split('\n', 1)[0]?.trim() ?? '';
}
