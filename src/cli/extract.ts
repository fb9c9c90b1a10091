import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type Command, Option } from 'commander';
import { messageOf } from '../extraction/error.ts';
import type { Extraction, Extractor } from '../extraction/extraction.ts';
import { createExtractor, DEFAULT_MODEL_DIRECTORY } from '../extraction/extractor.ts';
import { PROVIDER_OPTIONS, type ProviderOption } from '../extraction/providers.ts';
import type { NoteText } from '../notes/note.ts';
import { readAttachment } from '../notes/read-attachment.ts';
import { writeExtraction, writeLegend } from './extraction-view.ts';
import { type Output, output as processOutput } from './output.ts';

export interface ExtractOptions {
  readonly model: string;
  readonly provider: ProviderOption;
  readonly charset?: string;
  readonly json?: boolean;
}

/** What the command takes from the world; a test passes its own. */
export interface ExtractDependencies {
  readonly output: Output;
  readonly stdin: NodeJS.ReadableStream;
  readonly open: (options: ExtractOptions) => Promise<Extractor>;
}

const DEPENDENCIES: ExtractDependencies = {
  output: processOutput,
  stdin: process.stdin,
  open: ({ model, provider }) => createExtractor({ modelDirectory: model, provider }),
};

/** `vigilnote extract FILE…`: what the model reads in notes, as a view or as JSON. */
export function registerExtract(program: Command): void {
  program
    .command('extract')
    .description(
      'read notes (text or HTML) and show drugs, adverse events and how they are related',
    )
    .argument('<file...>', 'files to read; - is standard input')
    .option('--json', 'print as JSON, with the text that the offsets count in')
    .option('--charset <label>', 'character set of the files, where it is not UTF-8')
    .option('--model <directory>', 'model directory', DEFAULT_MODEL_DIRECTORY)
    .addOption(
      new Option('--provider <name>', 'execution provider')
        .choices(PROVIDER_OPTIONS)
        .default('auto'),
    )
    .action(async (files: readonly string[], options: ExtractOptions) => {
      if (!(await extractFiles(files, options))) process.exitCode = 1;
    });
}

type FileResult =
  | { readonly file: string; readonly text: string; readonly extraction: Extraction }
  | { readonly file: string; readonly error: string };

/**
 * Reads files one after the other and prints each as soon as it is read.
 * @returns whether every file could be read
 * @throws ExtractionError when the model cannot be opened
 */
export async function extractFiles(
  files: readonly string[],
  options: ExtractOptions,
  { output, stdin, open }: ExtractDependencies = DEPENDENCIES,
): Promise<boolean> {
  const extractor = await open(options);
  const results: FileResult[] = [];
  try {
    if (!options.json) writeLegend(output);
    for (const file of files) {
      const result = await extractFile(file, options, stdin, extractor);
      results.push(result);
      if ('error' in result) output.error(`${file}: ${result.error}`);
      else if (!options.json) {
        writeExtraction(output, nameOf(file), result.text, result.extraction);
        output.line();
      }
    }
  } finally {
    await extractor.close();
  }
  const { modelId, provider } = extractor;
  if (options.json) {
    output.json({
      modelId,
      provider: provider.name,
      documents: results.map((result) =>
        'error' in result
          ? result
          : {
              file: result.file,
              text: result.text,
              entities: result.extraction.entities,
              relations: result.extraction.relations,
            },
      ),
    });
  } else {
    const note = provider.note === undefined ? '' : ` (${provider.note})`;
    output.note(`${modelId} on ${provider.name}${note}`);
  }
  return results.every((result) => !('error' in result));
}

async function extractFile(
  file: string,
  options: ExtractOptions,
  stdin: NodeJS.ReadableStream,
  extractor: Extractor,
): Promise<FileResult> {
  try {
    const bytes = file === '-' ? await buffer(stdin) : await readFile(file);
    const { text, layout } = readNote(file, bytes, options.charset);
    return { file, text, extraction: await extractor.extract(text, layout) };
  } catch (error) {
    return { file, error: reasonOf(error) };
  }
}

function readNote(file: string, bytes: Uint8Array, charset: string | undefined): NoteText {
  const mediaType = mediaTypeOf(file, bytes);
  const contentType = charset === undefined ? mediaType : `${mediaType}; charset=${charset}`;
  return readAttachment({ contentType, bytes });
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.htm': 'text/html',
  '.xhtml': 'application/xhtml+xml',
  '.pdf': 'application/pdf',
  '.rtf': 'application/rtf',
  '.xml': 'application/xml',
};

/** By the name, else by how the content begins: standard input has no name. */
function mediaTypeOf(file: string, bytes: Uint8Array): string {
  const named = MEDIA_TYPES[extname(file).toLowerCase()];
  if (named) return named;
  const start = Buffer.from(bytes.subarray(0, 1024)).toString('latin1');
  if (start.startsWith('%PDF-')) return 'application/pdf';
  if (start.startsWith('{\\rtf')) return 'application/rtf';
  if (/^(?:\xEF\xBB\xBF)?\s*<(?:!doctype html|html|body|div|p|table)[\s>]/i.test(start))
    return 'text/html';
  if (start.includes('\0') && !/^(?:\xFF\xFE|\xFE\xFF)/.test(start)) {
    throw new Error('is a binary file; text and HTML can be read');
  }
  return 'text/plain';
}

function nameOf(file: string): string {
  return file === '-' ? 'standard input' : file;
}

const SYSTEM_REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'is a directory; name the files in it',
  EACCES: 'may not be read by this user',
};

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  return (code !== undefined && SYSTEM_REASONS[code]) || messageOf(error);
}
