import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin';

/**
 * Leaves the words of assertions as they are: they are read by whoever mends a broken invariant,
 * and no test compares them. The conditions are changed like all else.
 */
const ignorer = {
  shouldIgnore(path) {
    const { parentPath: call } = path;
    const isWord = path.isStringLiteral() || path.isTemplateLiteral();
    const isOfAssert =
      call?.isCallExpression() === true && call.get('callee').isIdentifier({ name: 'assert' });
    return isWord && isOfAssert ? 'the words of an assertion' : undefined;
  },
};

export const strykerPlugins = [declareValuePlugin(PluginKind.Ignore, 'assert-words', ignorer)];
