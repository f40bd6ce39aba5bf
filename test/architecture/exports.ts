// What a file exports, read with the TypeScript compiler: names, and whether each has a docstring.
import { join } from 'node:path';
import ts from 'typescript';
import { ROOT } from './source-tree.ts';

/** One exported name of an entry file; `isCatalogued` marks a refusal, whose meaning the README's table holds. */
export interface ExportedName {
  readonly entry: string;
  readonly name: string;
  readonly declaredIn: string;
  readonly hasDocstring: boolean;
  readonly isCatalogued: boolean;
}

/** @returns what the entry files (paths from the root) export, re-exports followed to their declaration */
export function exportedNames(entries: readonly string[]): ExportedName[] {
  const program = ts.createProgram(
    entries.map((entry) => join(ROOT, entry)),
    {
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      target: ts.ScriptTarget.ES2023,
      customConditions: ['source'],
      allowImportingTsExtensions: true,
      skipLibCheck: true,
      types: [],
      noEmit: true,
    },
  );
  const checker = program.getTypeChecker();
  return entries.flatMap((entry) => {
    const file = program.getSourceFile(join(ROOT, entry));
    const module = file && checker.getSymbolAtLocation(file);
    if (!module) return [];
    return checker.getExportsOfModule(module).map((symbol) => describe(entry, symbol, checker));
  });
}

/** @returns the names that a file's own text declares as exported; no types are resolved, so it is fast */
export function namesDeclaredIn(path: string, text: string): string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  return file.statements.flatMap((statement) => {
    const isExported = ts.canHaveModifiers(statement) && ts.getModifiers(statement)?.some(isExportKeyword);
    if (!isExported) return [];
    if (ts.isVariableStatement(statement)) {
      return statement.declarationList.declarations.flatMap(({ name }) => (ts.isIdentifier(name) ? [name.text] : []));
    }
    const { name } = statement as ts.DeclarationStatement;
    return name && ts.isIdentifier(name) ? [name.text] : [];
  });
}

function isExportKeyword(modifier: ts.ModifierLike): boolean {
  return modifier.kind === ts.SyntaxKind.ExportKeyword;
}

function describe(entry: string, exported: ts.Symbol, checker: ts.TypeChecker): ExportedName {
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
  const declaration = symbol.declarations?.[0];
  return {
    entry,
    name: exported.name,
    declaredIn: declaration?.getSourceFile().fileName ?? '',
    hasDocstring: symbol.getDocumentationComment(checker).length > 0 || symbol.getJsDocTags(checker).length > 0,
    isCatalogued: declaration !== undefined && isCatalogueEntry(declaration),
  };
}

/** `export const noCell = refusal(…)`: its code says what it is, and the failure table of the README what it means. */
function isCatalogueEntry(declaration: ts.Declaration): boolean {
  if (!ts.isVariableDeclaration(declaration) || !declaration.initializer) return false;
  const { initializer } = declaration;
  return ts.isCallExpression(initializer) && /^(refusal|problem)$/.test(initializer.expression.getText());
}
