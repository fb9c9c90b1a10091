/** What elements do to the text around them, by their names in lower case. */

/** No end tag; never opens anything. https://html.spec.whatwg.org/#void-elements */
export const VOID: ReadonlySet<string> = new Set(
  'area base br col embed hr img input link meta param source track wbr basefont bgsound frame keygen'.split(
    ' ',
  ),
);

/** Never shown, with all that they hold. */
export const HIDDEN: ReadonlySet<string> = new Set(
  'script style head title template noembed noframes iframe object audio video canvas svg math map datalist'.split(
    ' ',
  ),
);

/** The only elements of a head; any other ends a head that was not closed. */
export const HEAD_CONTENT: ReadonlySet<string> = new Set(
  'base basefont bgsound link meta noframes noscript object script style template title'.split(' '),
);

/** Begin and end a line. */
export const BLOCK: ReadonlySet<string> = new Set(
  (
    'address article aside body center details dialog dd dir div dl dt fieldset figcaption figure ' +
    'footer form header hgroup html legend main menu nav noscript optgroup option section select ' +
    'summary caption thead tbody tfoot tr textarea table ul ol li'
  ).split(' '),
);

/** Begin and end a line, with an empty line between them and their neighbours. */
export const PARAGRAPH: ReadonlySet<string> = new Set(
  'p blockquote pre hr h1 h2 h3 h4 h5 h6 listing xmp plaintext'.split(' '),
);

export const HEADING: ReadonlySet<string> = new Set('h1 h2 h3 h4 h5 h6'.split(' '));

export const STRONG: ReadonlySet<string> = new Set(['b', 'strong', 'u']);

export const CELL: ReadonlySet<string> = new Set(['td', 'th']);

/** White space is kept as it is written. */
export const PREFORMATTED: ReadonlySet<string> = new Set([
  'pre',
  'listing',
  'xmp',
  'plaintext',
  'textarea',
]);

/**
 * How the tokenizer must read on after these start tags, which the tree builder would tell it
 * (https://html.spec.whatwg.org/#parsing-html-fragments, step 4).
 */
export const TOKENIZER_MODE: Readonly<
  Record<string, 'RCDATA' | 'RAWTEXT' | 'SCRIPT_DATA' | 'PLAINTEXT'>
> = {
  title: 'RCDATA',
  textarea: 'RCDATA',
  style: 'RAWTEXT',
  xmp: 'RAWTEXT',
  iframe: 'RAWTEXT',
  noembed: 'RAWTEXT',
  noframes: 'RAWTEXT',
  script: 'SCRIPT_DATA',
  plaintext: 'PLAINTEXT',
};
