package storefold;

import java.io.Reader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.charfilter.HTMLStripCharFilter;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.pattern.PatternReplaceCharFilter;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.index.analysis.AbstractIndexAnalyzerProvider;
import org.elasticsearch.index.analysis.AbstractTokenFilterFactory;
import org.elasticsearch.index.analysis.Analysis;
import org.elasticsearch.index.analysis.AnalyzerProvider;
import org.elasticsearch.index.analysis.CharFilterFactory;
import org.elasticsearch.index.analysis.NormalizingTokenFilterFactory;
import org.elasticsearch.index.analysis.PreBuiltAnalyzerProviderFactory;
import org.elasticsearch.index.analysis.PreConfiguredTokenFilter;
import org.elasticsearch.index.analysis.PreConfiguredTokenizer;
import org.elasticsearch.index.analysis.TokenFilterFactory;
import org.elasticsearch.index.analysis.TokenizerFactory;
import org.elasticsearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.elasticsearch.indices.analysis.PreBuiltCacheFactory.CachingStrategy;
import org.elasticsearch.plugins.AnalysisPlugin;
import org.elasticsearch.plugins.Plugin;

/**
 * Registers Lucene's analysis components under the names, parameters and defaults that
 * Elasticsearch documents for them, because Elasticsearch's own module for this (analysis-common)
 * is not published as a library. Index settings written for the official image hold here unchanged;
 * a name that is not in the tables of {@link AnalysisComponents} fails the index creation, never analyses
 * differently.
 */
public final class AnalysisCommon extends Plugin implements AnalysisPlugin {

    /** The names that Elasticsearch lets an analyzer use without configuring them first. */
    private static final List<String> PRECONFIGURED = List.of(
        "asciifolding", "uppercase", "decimal_digit", "trim", "reverse", "porter_stem", "kstem",
        "stemmer", "snowball", "edge_ngram", "ngram", "length", "truncate", "remove_duplicates");

    @Override
    public Map<String, AnalysisProvider<TokenFilterFactory>> getTokenFilters() {
        Map<String, AnalysisProvider<TokenFilterFactory>> found = new HashMap<>();
        AnalysisComponents.NORMALIZING.forEach((type, of) -> found.put(type,
            (index, env, name, s) -> new Normalizing(name, of.from(s, env))));
        AnalysisComponents.OTHER.forEach((type, of) -> found.put(type,
            (index, env, name, s) -> plain(name, of.from(s, env))));
        AnalysisComponents.CONFIGURED.forEach((type, of) -> found.put(type, AnalysisPlugin.requiresAnalysisSettings(
            (index, env, name, s) -> plain(name, of.from(s, env)))));
        return found;
    }

    @Override
    public List<PreConfiguredTokenFilter> getPreConfiguredTokenFilters() {
        return PRECONFIGURED.stream().map(name -> {
            boolean folds = AnalysisComponents.NORMALIZING.containsKey(name);
            AnalysisComponents.Filter filter = (folds ? AnalysisComponents.NORMALIZING : AnalysisComponents.OTHER).get(name).from(Settings.EMPTY, null);
            return PreConfiguredTokenFilter.singleton(name, folds, filter::wrap);
        }).toList();
    }

    @Override
    public Map<String, AnalysisProvider<TokenizerFactory>> getTokenizers() {
        Map<String, AnalysisProvider<TokenizerFactory>> found = new HashMap<>();
        AnalysisComponents.TOKENIZERS.forEach((type, of) -> found.put(type,
            (index, env, name, s) -> TokenizerFactory.newFactory(name, of.apply(s))));
        return found;
    }

    @Override
    public List<PreConfiguredTokenizer> getPreConfiguredTokenizers() {
        return AnalysisComponents.TOKENIZERS.entrySet().stream()
            .map(entry -> PreConfiguredTokenizer.singleton(entry.getKey(), entry.getValue().apply(Settings.EMPTY)))
            .toList();
    }

    @Override
    public Map<String, AnalysisProvider<CharFilterFactory>> getCharFilters() {
        return Map.of(
            "html_strip", (index, env, name, s) -> charFilter(name, HTMLStripCharFilter::new),
            "pattern_replace", AnalysisPlugin.requiresAnalysisSettings((index, env, name, s) -> {
                Pattern pattern = Pattern.compile(AnalysisComponents.required(s, "pattern"));
                String replacement = s.get("replacement", "");
                return charFilter(name, in -> new PatternReplaceCharFilter(pattern, replacement, in));
            }));
    }

    @Override
    public Map<String, AnalysisProvider<AnalyzerProvider<? extends Analyzer>>> getAnalyzers() {
        return Map.of("english", (index, env, name, s) -> new AbstractIndexAnalyzerProvider<EnglishAnalyzer>(name) {
            private final EnglishAnalyzer analyzer = new EnglishAnalyzer(
                Analysis.parseStopWords(env, s, EnglishAnalyzer.getDefaultStopSet()),
                Analysis.parseStemExclusion(s, CharArraySet.EMPTY_SET));

            @Override
            public EnglishAnalyzer get() {
                return analyzer;
            }
        });
    }

    @Override
    public List<PreBuiltAnalyzerProviderFactory> getPreBuiltAnalyzerProviderFactories() {
        return List.of(new PreBuiltAnalyzerProviderFactory("english", CachingStrategy.LUCENE, EnglishAnalyzer::new));
    }

    private static TokenFilterFactory plain(String name, AnalysisComponents.Filter filter) {
        return new AbstractTokenFilterFactory(name) {
            @Override
            public TokenStream create(TokenStream in) {
                return filter.wrap(in);
            }
        };
    }

    private static final class Normalizing extends AbstractTokenFilterFactory implements NormalizingTokenFilterFactory {
        private final AnalysisComponents.Filter filter;

        Normalizing(String name, AnalysisComponents.Filter filter) {
            super(name);
            this.filter = filter;
        }

        @Override
        public TokenStream create(TokenStream in) {
            return filter.wrap(in);
        }
    }

    private static CharFilterFactory charFilter(String name, UnaryOperator<Reader> wrap) {
        return new CharFilterFactory() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Reader create(Reader in) {
                return wrap.apply(in);
            }
        };
    }
}
