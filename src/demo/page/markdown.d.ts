export interface MarkdownInline {
  readonly type: 'text' | 'bold' | 'emphasis' | 'code' | 'link';
  readonly text: string;
  /** Of a link: http or https. */
  readonly url?: string;
}

export interface MarkdownBlock {
  readonly type: 'paragraph' | 'quote' | 'item';
  readonly inlines: readonly MarkdownInline[];
}

/** The part of GitHub Flavoured Markdown that cards are written in; raw HTML stays text. */
export function parseMarkdown(markdown: string): MarkdownBlock[];
