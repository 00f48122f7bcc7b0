import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** The project's root. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Import {
  /** As written. */
  readonly from: string;
  /** Relative to the root, for a relative import. */
  readonly file: string | null;
  readonly typeOnly: boolean;
  readonly names: readonly string[];
}
export interface Source {
  /** Relative to the root, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  readonly functions: readonly { readonly line: number; readonly lines: number }[];
}

/** All TypeScript sources below a folder. */
export function sourcesBelow(folder: string): Source[] {
  return filesBelow(join(root, folder))
    .filter((file) => file.endsWith('.ts'))
    .map(readSource);
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    if (name === 'node_modules') return [];
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}

function readSource(file: string): Source {
  const text = readFileSync(file, 'utf8');
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const functions: { line: number; lines: number }[] = [];
  const imports: Import[] = [];
  const lineOf = (position: number): number => tree.getLineAndCharacterOfPosition(position).line + 1;
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body) {
      const line = lineOf(node.getStart());
      functions.push({ line, lines: lineOf(node.end) - line + 1 });
    }
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier) imports.push(importOf(file, node));
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return { path: slashed(relative(root, file)), text, lines: text.split('\n').length - 1, imports, functions };
}

function importOf(file: string, node: ts.ImportDeclaration | ts.ExportDeclaration): Import {
  const from = (node.moduleSpecifier as ts.StringLiteral).text;
  const target = from.startsWith('.') ? slashed(relative(root, resolve(dirname(file), from))) : null;
  if (ts.isExportDeclaration(node)) return { from, file: target, typeOnly: node.isTypeOnly, names: ['*'] };
  const clause = node.importClause;
  const bindings = clause?.namedBindings;
  const named = bindings && ts.isNamedImports(bindings) ? bindings.elements.filter((each) => !each.isTypeOnly) : [];
  const names = named.map((each) => (each.propertyName ?? each.name).text);
  const whole = clause?.name !== undefined || (bindings !== undefined && ts.isNamespaceImport(bindings)) || clause === undefined;
  const typeOnly = clause?.phaseModifier === ts.SyntaxKind.TypeKeyword || (!whole && names.length === 0);
  return { from, file: target, typeOnly, names: whole ? ['*'] : names };
}

const slashed = (path: string): string => path.replaceAll('\\', '/');
