// How dependency-cruiser resolves our imports; what is allowed is judged by rooms.ts.
export default {
  options: {
    doNotFollow: { path: 'node_modules' },
    // Our own build output; a package that lies in a folder dist is a package.
    exclude: { path: '^(services|deploy|test)/(?!.*node_modules).*/dist/' },
    // A type import is an arrow like any other.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'default'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
